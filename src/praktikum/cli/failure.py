"""A user's mistake is one line on stderr and exit code 1; a mistake of ours is a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

__all__ = ["one_line"]


@contextmanager
def one_line(*errors: type[Exception]) -> Iterator[None]:
    """End the program with the error's text where one of ``errors`` is raised in the body."""
    try:
        yield
    except errors as error:
        print(f"praktikum: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
