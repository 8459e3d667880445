"""``praktikum restore``: a new site from a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.entering import DatabaseOption, DataOption, inside_site
from praktikum.cli.options import Lang, LangOption

__all__ = ["restore"]


def restore(
    file: Annotated[Path, typer.Argument(help="What `praktikum backup` wrote.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    lang: LangOption = Lang.ru,
) -> None:
    """Make a new site from a backup, in an empty database of any kind.

    So a class moves from SQLite to PostgreSQL, or to another machine, too.

    Example: `praktikum restore ~/praktikum.zip --data var/site2`
    """
    with inside_site(data, database, None):
        from praktikum.site.backup import restore as fill

        rows = fill(file)
    options = f" --data {data}" if data else ""
    options += " --database …" if database else ""  # it may hold a password
    typer.echo(_DONE[lang].format(rows=rows, options=options))


_DONE = {
    Lang.ru: "Восстановлено записей: {rows}. Открыть сайт: praktikum serve{options}",
    Lang.en: "{rows} rows are back. Open the site: praktikum serve{options}",
}
