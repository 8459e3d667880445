"""``praktikum train``: a model is trained by a config."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from praktikum.cli.failure import one_line
from praktikum.cli.memory import keep_big_blocks

__all__ = ["train"]

INTERRUPTED = 130  # as a shell reports a program that Ctrl-C has ended


def train(
    name: Annotated[str, typer.Argument(help="The config configs/NAME.toml, and the run's name.")],
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Another value for a key; repeatable."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="A config file; configs/NAME.toml if not given.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--run", help="The run's folder; var/runs/NAME if not given.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the run in the folder, by the config in it."),
    ] = False,
) -> None:
    """Train by a config; the run's folder gets checkpoints, TensorBoard events and a report.

    Example: `praktikum train segmentation-small --set epochs=2`
    """
    from praktikum.engine import Interrupted, RunFolder
    from praktikum.recipes.config import find_config, read_config
    from praktikum.recipes.run import REFUSALS, train_run

    keep_big_blocks()
    run_dir = run or Path("var/runs") / name
    with one_line(*REFUSALS):
        kept = RunFolder(run_dir).config
        path = kept if resume and kept.exists() else config or find_config(name, Path.cwd())
        resolved = read_config(path, overrides or ())
        try:
            history = train_run(resolved, run_dir, resume=resume)
        except Interrupted as stop:
            where = f" --run {run}" if run else ""
            print(f"praktikum: {stop}", file=sys.stderr)
            print(f"Go on with: praktikum train {name}{where} --resume", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
    best = history.best
    values = ", ".join(f"{key} {value:.4f}" for key, value in best.valid.items())
    print(f"Best epoch {best.epoch} of {len(history.epochs)}: {values}")
    print(f"Report: {RunFolder(run_dir).report}")
