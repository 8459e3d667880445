"""``praktikum evaluate``: what a trained run reaches on held-out data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.memory import keep_big_blocks

__all__ = ["evaluate"]


def evaluate(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    last: Annotated[
        bool, typer.Option("--last", help="The weights of the last epoch, not of the best one.")
    ] = False,
    valid: Annotated[
        bool, typer.Option("--valid", help="On validation data, not on test data.")
    ] = False,
) -> None:
    """Evaluate the weights of a run; the means go to evaluation.json in its folder too.

    Example: `praktikum evaluate var/runs/segmentation-small`
    """
    from praktikum.recipes.run import REFUSALS, evaluate_run

    keep_big_blocks()
    with one_line(*REFUSALS):
        means = evaluate_run(run, last=last, valid=valid)
    for name, value in means.items():
        print(f"{name}\t{value:.4f}")
