"""A run in progress, as the loop shows it to listeners; and the listener.

Logging, progress and profiling are listeners: values given to the loop, called at its moments.
They look, and change nothing: a run gives the same weights with and without them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor, nn

from praktikum.engine.averages import Averages
from praktikum.engine.history import EpochResult, History
from praktikum.engine.objective import Step
from praktikum.engine.settings import TrainerSettings

__all__ = ["Example", "Fit", "Illustrate", "Listener"]


@dataclass(frozen=True)
class Example:
    """What a model makes of one fixed example, to be looked at.

    Attributes:
        input: an image, (3 or 1, height, width), from 0 to 1.
        truth: a mask (height, width), or a class: a tensor without dimensions.
        probability: of each pixel (height, width), or of each class (classes).
        prediction: as ``truth``.
        metrics: of this example, by name.
    """

    input: Tensor
    truth: Tensor
    probability: Tensor
    prediction: Tensor
    metrics: Mapping[str, float]


Illustrate = Callable[[nn.Module], Sequence[Example]]
"""Returns the fixed examples as a model (in evaluation mode, without gradients) sees them now."""


@dataclass
class Fit:
    """A run in progress.

    Attributes:
        model: the module itself, neither compiled nor wrapped.
        settings: of the run.
        run_dir: its folder.
        batches_per_epoch: of this process.
        illustrate: the fixed examples, where the recipe has some.
        epoch: epochs that are finished.
        batch: batches of the present epoch that are done.
        update: updates of the weights that are done.
        lr: the learning rate of the first parameter group.
        averages: over the present epoch.
        epochs: the results so far.
        hooked: false before each batch; a listener sets it in `Listener.batch_begins` where it
            has put hooks on the modules: this batch then goes through the model as it is, not
            as it was compiled.
    """

    model: nn.Module
    settings: TrainerSettings
    run_dir: Path
    batches_per_epoch: int
    illustrate: Illustrate | None = None
    epoch: int = 0
    batch: int = 0
    update: int = 0
    lr: float = 0.0
    averages: Averages = field(default_factory=Averages)
    epochs: list[EpochResult] = field(default_factory=list)
    hooked: bool = False

    @property
    def batches_seen(self) -> int:
        """Batches that are done since the run began; the step of what is written per batch."""
        return self.epoch * self.batches_per_epoch + self.batch

    @property
    def place(self) -> str:
        """Where the run is, for messages; epochs and batches count from 1."""
        return f"epoch {self.epoch + 1}, batch {self.batch} of {self.batches_per_epoch}"

    @property
    def history(self) -> History:
        """The results so far."""
        n_parameters = sum(parameter.numel() for parameter in self.model.parameters())
        monitor, higher = self.settings.monitor, self.settings.higher_is_better
        return History(tuple(self.epochs), monitor, higher, n_parameters)


class Listener:
    """Is called at the loop's moments; does nothing unless a subclass says so."""

    def fit_begins(self, fit: Fit) -> None:
        """The model is in place, a resumed run has been loaded."""

    def batch_begins(self, fit: Fit) -> None:
        """A batch has been loaded; ``fit.batch`` are done before it."""

    def gradients_ready(self, fit: Fit) -> None:
        """The gradients of an update are complete, not yet clipped."""

    def batch_ends(self, fit: Fit, step: Step) -> None:
        """A batch is done, and the update that it completes."""

    def epoch_ends(self, fit: Fit, result: EpochResult) -> None:
        """An epoch is validated; the model holds the weights that were validated."""

    def fit_ends(self, fit: Fit) -> None:
        """The run is over, for whatever reason: files are to be closed. The first comes last."""
