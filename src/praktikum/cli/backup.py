"""``praktikum backup``: all facts of a site in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.entering import DatabaseOption, DataOption, EnteringError, inside_site
from praktikum.cli.options import Lang, LangOption

__all__ = ["backup"]


def backup(
    file: Annotated[Path, typer.Argument(help="Where it goes; a file that is there is replaced.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    lang: LangOption = Lang.ru,
) -> None:
    """Back a site up while it goes on: people, attempts, gradings, everything that was said.

    The file holds the site's secret too: keep it where only you can read it.

    Example: `praktikum backup ~/praktikum.zip`
    """
    with inside_site(data, database, None):
        from django.utils import timezone

        from praktikum.site.backup import back_up
        from praktikum.site.opening import has_tables

        if not has_tables():
            raise EnteringError("the database is not as this version wants it: praktikum serve")
        rows = back_up(file, timezone.now())
    typer.echo(_DONE[lang].format(file=file, rows=rows))


_DONE = {Lang.ru: "{file}: записей {rows}", Lang.en: "{file}: {rows} rows"}
