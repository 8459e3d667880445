"""Activations and their gradients, layer by layer: histograms and pictures in TensorBoard."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.logging.board import Board
from praktikum.engine.logging.probe import Probe
from praktikum.engine.objective import Step

__all__ = ["Layers", "as_picture"]

MOST_CHANNELS = 16


class Layers(Listener):
    """Looks into the layers in one batch of each ``every`` updates."""

    def __init__(self, board: Board, every: int, *, histograms: bool, pictures: bool) -> None:
        self._board, self._every = board, every
        self._histograms, self._pictures = histograms, pictures
        self._probe = Probe()

    def batch_begins(self, fit: Fit) -> None:
        """Put the hooks on for the last batch of an update that is due."""
        done = fit.batch + 1
        completes = done % fit.settings.accumulate == 0 or done == fit.batches_per_epoch
        if completes and (fit.update + 1) % self._every == 0:
            self._probe.attach(fit.model)
            fit.hooked = True

    def batch_ends(self, fit: Fit, step: Step) -> None:  # noqa: ARG002
        """Write what was recorded, and take the hooks off."""
        if self._probe.attached:
            self.fit_ends(fit)
            for what in ("activations", "gradients"):
                for layer, tensor in getattr(self._probe, what).items():
                    self._write(f"{what}/{layer}", tensor, fit.batches_seen)

    def fit_ends(self, fit: Fit) -> None:  # noqa: ARG002
        """Take the hooks off."""
        self._probe.detach()

    def _write(self, tag: str, tensor: Tensor, step: int) -> None:
        writer = self._board.writer
        if self._histograms:
            writer.add_histogram(tag, tensor.float(), step)
        if self._pictures and tensor.ndim >= 2:
            writer.add_image(tag, as_picture(tensor), step, dataformats="HW")


def as_picture(tensor: Float[Tensor, batch * rest]) -> Float[Tensor, "height width"]:
    """Return a grey picture of a layer's output, its least value black and its greatest white.

    Maps (batch, channels, height, width) are shown for the first example, its first 16 channels
    side by side in a square; sequences (batch, time, features) for the first example; vectors
    (batch, features) for the whole batch. Source of the idea: Zeiler, Fergus, "Visualizing and
    understanding convolutional networks" (ECCV 2014).
    """
    values = tensor.detach().float()
    if values.ndim > 2:
        values = values[0]
    if values.ndim > 2:
        values = _tiled(values.flatten(0, -3)[:MOST_CHANNELS])
    low, high = values.min(), values.max()
    return (values - low) / (high - low).clamp_min(torch.finfo(torch.float32).tiny)


def _tiled(maps: Float[Tensor, "channels height width"]) -> Float[Tensor, "rows columns"]:
    """Return the maps side by side in a square, missing ones as zeros."""
    side = math.ceil(math.sqrt(len(maps)))
    _, height, width = maps.shape
    padded = torch.cat([maps, maps.new_zeros(side * side - len(maps), height, width)])
    grid = padded.view(side, side, height, width).transpose(1, 2)  # (side, height, side, width)
    return grid.reshape(side * height, side * width)
