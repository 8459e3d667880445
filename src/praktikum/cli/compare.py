"""``praktikum compare``: runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line

__all__ = ["compare"]


def compare(
    runs: Annotated[list[Path], typer.Argument(help="The folders of the runs.")],
    out: Annotated[
        Path, typer.Option("--out", help="Where comparison.html and comparison.png go.")
    ] = Path("var/comparison"),
) -> None:
    """Compare runs: a table here, the table and the curves as HTML and PNG.

    Example: `praktikum compare var/runs/unet var/runs/linknet`
    """
    from rich.console import Console
    from rich.table import Table

    from praktikum.engine import EngineError
    from praktikum.engine.compare import compare_runs

    with one_line(EngineError, OSError):
        comparison = compare_runs(runs)
        comparison.write(out)
    table = Table(*comparison.columns)
    for row in comparison.rows:
        table.add_row(*row.cells)
    Console().print(table)
    print(f"Table and curves: {out / 'comparison.html'}, {out / 'comparison.png'}")
