"""The listeners that a run's settings ask for."""

from __future__ import annotations

from praktikum.engine.fit import Listener
from praktikum.engine.logging.board import Board
from praktikum.engine.logging.graph import Graph
from praktikum.engine.logging.histograms import Histograms
from praktikum.engine.logging.hyperparameters import Hyperparameters
from praktikum.engine.logging.layers import Layers
from praktikum.engine.logging.norms import Norms
from praktikum.engine.logging.pictures import Pictures
from praktikum.engine.logging.progress import ProgressBar
from praktikum.engine.logging.reporter import Reporter
from praktikum.engine.logging.scalars import Scalars
from praktikum.engine.logging.settings import LoggingSettings

__all__ = ["make_listeners"]


def make_listeners(settings: LoggingSettings) -> list[Listener]:
    """Return a listener for each thing that is switched on; without any, no file of events."""
    board = Board()
    layers = Layers(
        board,
        settings.detail_every,
        histograms=settings.histograms,
        pictures=settings.activations,
    )
    switched: list[tuple[bool, Listener]] = [
        (settings.scalars, Scalars(board, settings.every)),
        (settings.norms, Norms(board, settings.every)),
        (settings.histograms, Histograms(board, settings.detail_every)),
        (settings.histograms or settings.activations, layers),
        (settings.graph, Graph(board)),
        (settings.hyperparameters, Hyperparameters(board)),
        (settings.pictures, Pictures(board)),
    ]
    writing = [listener for on, listener in switched if on]
    if writing:
        writing.insert(0, board)
    others = [(settings.report, Reporter()), (settings.progress, ProgressBar())]
    return [*writing, *(listener for on, listener in others if on)]
