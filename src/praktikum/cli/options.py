"""Options that several verbs share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from praktikum.course.content import Content

__all__ = ["CourseOption", "Lang", "LangOption", "SecretOption", "secret_of"]


class Lang(StrEnum):
    """The language of what is printed or built."""

    ru = "ru"
    en = "en"


LangOption = Annotated[Lang, typer.Option("--lang", help="Language: ru or en.")]
CourseOption = Annotated[
    Path | None,
    typer.Option("--course", help="The course.toml; found from here upwards if not given."),
]
SecretOption = Annotated[
    Path | None,
    typer.Option(
        "--secret",
        help="What draws the images that students predict masks for; if not given, the file "
        "`secret` beside the course.toml. Keep it, and share it with nobody.",
    ),
]


def secret_of(content: Content, secret: Path | None) -> Path:
    """Return where a course's secret is kept: as the user says, else beside its course.toml."""
    return secret or content.path.parent / "secret"
