"""The fixed examples after each epoch: in TensorBoard, and as PNG for the report."""

from __future__ import annotations

import torch

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.history import EpochResult
from praktikum.engine.logging.board import Board
from praktikum.engine.plots import draw_example, pixels, png
from praktikum.engine.run_folder import RunFolder, write_whole

__all__ = ["Pictures"]


class Pictures(Listener):
    """Draws input, truth, probability, prediction and metrics of each fixed example."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def epoch_ends(self, fit: Fit, result: EpochResult) -> None:
        """Draw the examples as the validated weights see them."""
        if fit.illustrate is None:
            return
        training = fit.model.training
        fit.model.eval()
        with torch.no_grad():
            examples = fit.illustrate(fit.model)
        fit.model.train(training)
        plots = RunFolder(fit.run_dir).plots
        for number, example in enumerate(examples, start=1):
            image = pixels(draw_example(example))
            write_whole(plots / f"example-{number}.png", png(image))
            self._board.writer.add_image(
                f"examples/{number}", image, result.epoch, dataformats="HWC"
            )
