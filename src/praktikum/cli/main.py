"""``praktikum``: the verbs. What a verb needs is imported when it is run."""

from __future__ import annotations

from typing import Annotated

import typer

import praktikum
from praktikum.cli.backup import backup
from praktikum.cli.build import build
from praktikum.cli.check import check
from praktikum.cli.compare import compare
from praktikum.cli.demo import demo
from praktikum.cli.denoise import denoise
from praktikum.cli.docs import docs
from praktikum.cli.evaluate import evaluate
from praktikum.cli.grade import grade
from praktikum.cli.restore import restore
from praktikum.cli.serve import serve
from praktikum.cli.start import start
from praktikum.cli.submit import submit
from praktikum.cli.train import train
from praktikum.cli.transcribe import transcribe
from praktikum.cli.verify import verify
from praktikum.cli.worker import worker

__all__ = ["app", "main"]

app = typer.Typer(
    help="A deep-learning practicum that runs on a laptop.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"praktikum {praktikum.__version__}")
        raise typer.Exit


@app.callback()
def _praktikum(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


_VERBS = (
    start,
    check,
    build,
    grade,
    verify,
    demo,
    serve,
    worker,
    submit,
    backup,
    restore,
    docs,
    train,
    evaluate,
    compare,
    denoise,
    transcribe,
)
for verb in _VERBS:
    app.command()(verb)


def main() -> None:
    """Run the command line."""
    app()
