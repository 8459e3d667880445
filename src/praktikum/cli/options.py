"""Options that several verbs share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["CourseOption", "Lang", "LangOption"]


class Lang(StrEnum):
    """The language of what is printed or built."""

    ru = "ru"
    en = "en"


LangOption = Annotated[Lang, typer.Option("--lang", help="Language: ru or en.")]
CourseOption = Annotated[
    Path | None,
    typer.Option("--course", help="The course.toml; found from here upwards if not given."),
]
