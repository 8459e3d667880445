"""A course's secret on the command line: where it lies, and what is drawn from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from praktikum.course.content import Content
    from praktikum.course.unit import Unit

__all__ = ["SecretOption", "secret_of", "seeds_of_given"]

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


def seeds_of_given(content: Content, secret: Path | None) -> Callable[[Unit], int]:
    """Return what gives the seed of a unit's images; it makes a secret where there is none.

    The function raises SecretError where the file holds no secret, OSError if none can be made.
    """
    from praktikum.grader.seeds import given_seed, open_secret

    return lambda unit: given_seed(open_secret(secret_of(content, secret)), unit.task)
