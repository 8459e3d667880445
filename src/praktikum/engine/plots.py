"""Plots of runs: curves over epochs, and fixed examples as a model sees them.

Figures are drawn without pyplot, so nothing of the program's own plotting is touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
from jaxtyping import UInt8
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image
from torch import Tensor

from praktikum.engine.fit import Example
from praktikum.engine.history import History

__all__ = ["compare_curves", "draw_curves", "draw_example", "pixels", "png"]


def draw_curves(history: History, name: str) -> Figure:
    """Return the curves of one value over the epochs, on training and on validation data."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xlabel="epoch", ylabel=name)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    for part in ("train", "valid"):
        points = [
            (e.epoch, getattr(e, part)[name]) for e in history.epochs if name in getattr(e, part)
        ]
        if points:
            axes.plot(*zip(*points, strict=True), marker=".", label=part)
    if name == history.monitor:
        axes.axvline(history.best.epoch, color="grey", linestyle=":", label="best")
    axes.legend()
    return figure


def compare_curves(histories: Mapping[str, History], names: Sequence[str]) -> Figure:
    """Return one panel for each value: the validation curves of all runs."""
    figure = Figure(figsize=(6 * len(names), 4.5), layout="constrained")
    for place, name in enumerate(names, start=1):
        axes = figure.add_subplot(1, len(names), place, title=f"{name}, validation", xlabel="epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        for run, history in histories.items():
            points = [(e.epoch, e.valid[name]) for e in history.epochs if name in e.valid]
            if points:
                axes.plot(*zip(*points, strict=True), marker=".", label=run)
        if axes.lines:
            axes.legend()
    return figure


def draw_example(example: Example) -> Figure:
    """Return the panels of one example: input, truth, probability, prediction, and its metrics.

    Panels have fixed places, and images no ticks: they are drawn after each epoch of a run, and
    matplotlib takes ten times as long to find a layout as to draw this one.
    """
    figure = Figure(figsize=(10, 3))
    figure.suptitle(", ".join(f"{name} {value:.3f}" for name, value in example.metrics.items()))
    panels: list[Axes] = [
        figure.add_axes((0.03 + 0.245 * place, 0.1, 0.215, 0.7)) for place in range(4)
    ]
    image = example.input.detach().float().cpu().clamp(0, 1)
    panels[0].imshow(image.permute(1, 2, 0).squeeze(-1).numpy(), cmap="gray", vmin=0, vmax=1)
    panels[0].set_axis_off()
    for axes, value in zip(
        panels[1:], (example.truth, example.probability, example.prediction), strict=True
    ):
        _draw_value(axes, value.detach().float().cpu())
    for axes, title in zip(panels, ("input", "truth", "probability", "prediction"), strict=True):
        axes.set_title(title)
    return figure


def _draw_value(axes: Axes, value: Tensor) -> None:
    """Draw a map of pixels, the probabilities of classes, or the number of a class."""
    if value.ndim == 2:
        axes.imshow(value.numpy(), cmap="viridis", vmin=0, vmax=max(1.0, value.max().item()))
        axes.set_axis_off()
    elif value.ndim == 1:
        axes.bar(range(len(value)), value.tolist())
        axes.set_ylim(0, 1)
    else:
        axes.text(0.5, 0.5, f"{value.item():g}", ha="center", va="center", fontsize=28)
        axes.set_axis_off()


def pixels(figure: Figure) -> UInt8[np.ndarray, "height width 3"]:
    """Return a figure as an image."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    rgba = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return rgba[..., :3].copy()


def png(image: UInt8[np.ndarray, "height width 3"]) -> bytes:
    """Return an image as a PNG file."""
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, format="png")
    return buffer.getvalue()
