"""What a run shows and writes to TensorBoard, each thing with its own switch."""

from __future__ import annotations

from dataclasses import dataclass

from praktikum.engine.errors import check_fields

__all__ = ["LoggingSettings"]


@dataclass(frozen=True)
class LoggingSettings:
    """Switches of logging.

    Attributes:
        progress: a progress bar on the terminal, default true.
        scalars: loss, metrics and learning rate, per batch and per epoch, default true.
        norms: 2-norms of the weights and of the gradients, in all and by parameter, default
            false.
        histograms: of weights, activations and gradients, default false.
        activations: activations and their gradients as pictures, layer by layer, default false.
        graph: the model's graph, default false.
        hyperparameters: the settings beside the best values reached, default true.
        pictures: input, truth, probability and prediction of fixed examples with their metric,
            after each epoch, where the recipe has such examples, default true.
        report: ``report.md`` with plots of all values, when the run is over, default true.
        every: batches between two writings of scalars, updates between two of norms, default 1.
        detail_every: updates between two writings of histograms and activations, which are
            dear, default 100.
    """

    progress: bool = True
    scalars: bool = True
    norms: bool = False
    histograms: bool = False
    activations: bool = False
    graph: bool = False
    hyperparameters: bool = True
    pictures: bool = True
    report: bool = True
    every: int = 1
    detail_every: int = 100

    def __post_init__(self) -> None:
        check_fields(
            self,
            every=(self.every >= 1, "be at least 1"),
            detail_every=(self.detail_every >= 1, "be at least 1"),
        )
