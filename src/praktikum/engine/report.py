"""``report.md``: what a run was and what it reached, with its plots, for a reader without tools."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from praktikum.engine.history import History
from praktikum.engine.plots import draw_curves, pixels, png
from praktikum.engine.run_folder import RunFolder, write_whole

__all__ = ["Comparison", "write_report"]

Comparison = Mapping[str, Mapping[str, float]]
"""What a run and simpler methods reach on the same test data: metrics by name, by method."""


def write_report(folder: RunFolder, history: History, comparison: Comparison | None = None) -> None:
    """Write the report of a run that has finished an epoch, and its plots beside it."""
    text = "\n".join(_lines(folder, history, comparison or {})) + "\n"
    write_whole(folder.report, text)


def _lines(folder: RunFolder, history: History, comparison: Comparison) -> Iterator[str]:
    best, seconds = history.best, sum(epoch.seconds for epoch in history.epochs)
    yield f"# {folder.path.resolve().name}\n"
    yield f"- parameters: {history.n_parameters:,}"
    yield f"- epochs: {len(history.epochs)}, in {seconds:.0f} seconds"
    yield (
        f"- best epoch by {history.monitor} on validation data: {best.epoch} "
        f"({history.monitor} {best.valid[history.monitor]:.4f})\n"
    )
    if comparison:
        yield "## On test data\n"
        yield from _comparison_table(comparison)
        yield "\n## Epochs\n"
    yield from _epoch_table(history)
    if folder.evaluation.exists():
        yield from _evaluation_table(folder)
    yield "\n## Curves\n"
    for name in _names(history):
        plot = folder.plots / f"{name.replace('/', '-')}.png"
        write_whole(plot, png(pixels(draw_curves(history, name))))
        yield f"![{name}]({plot.relative_to(folder.path).as_posix()})"
    examples = sorted(folder.plots.glob("example-*.png"))
    if examples:
        yield "\n## Fixed examples after the last epoch\n"
        yield from (f"![{path.stem}]({folder.plots.name}/{path.name})" for path in examples)
    if folder.config.exists():
        config = folder.config.read_text(encoding="utf-8").strip()
        yield f"\n## Config\n\n```toml\n{config}\n```"


def _comparison_table(comparison: Comparison) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in comparison.values() for name in row))
    yield f"| method | {' | '.join(names)} |"
    yield f"|---{'|---' * len(names)}|"
    for method, row in comparison.items():
        cells = [f"{row[name]:.4f}" if name in row else "" for name in names]
        yield f"| {method} | {' | '.join(cells)} |"


def _epoch_table(history: History) -> Iterator[str]:
    names = _names(history)
    head = [f"{part} {name}" for name in names for part in ("train", "valid")]
    yield f"| epoch | {' | '.join(head)} | lr | seconds |"
    yield f"|---{'|---' * len(head)}|---|---|"
    for epoch in history.epochs:
        cells = [
            f"{values[name]:.4f}" if name in values else ""
            for name in names
            for values in (epoch.train, epoch.valid)
        ]
        yield f"| {epoch.epoch} | {' | '.join(cells)} | {epoch.lr:.3g} | {epoch.seconds:.1f} |"


def _evaluation_table(folder: RunFolder) -> Iterator[str]:
    """Return what `praktikum evaluate` found last."""
    found = json.loads(folder.evaluation.read_text(encoding="utf-8"))
    yield f"\n## The {found['weights']} epoch's weights on {found['data']} data\n"
    yield "| | mean |\n|---|---|"
    yield from (f"| {name} | {value:.4f} |" for name, value in found["means"].items())


def _names(history: History) -> list[str]:
    """Return the names of all values, in the order in which they came."""
    found = {name: None for e in history.epochs for part in (e.train, e.valid) for name in part}
    return list(found)
