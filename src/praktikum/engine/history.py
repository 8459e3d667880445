"""What a run reached, epoch by epoch, and its file ``metrics.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from praktikum.engine.errors import RunError
from praktikum.engine.run_folder import write_whole
from praktikum.engine.stopping import best_epoch

__all__ = ["EpochResult", "History"]


@dataclass(frozen=True)
class EpochResult:
    """One epoch.

    Attributes:
        epoch: its number, from 1.
        train: means over the epoch's training examples, as they were seen, by name.
        valid: means over the validation examples after the epoch, by name.
        lr: the learning rate of the first parameter group in the epoch's last update.
        seconds: what training and validation took.
    """

    epoch: int
    train: Mapping[str, float]
    valid: Mapping[str, float]
    lr: float
    seconds: float


@dataclass(frozen=True)
class History:
    """All epochs of a run.

    Attributes:
        epochs: in their order.
        monitor: the value by which the best one is chosen.
        higher_is_better: whether a higher one is better.
        n_parameters: of the model.
    """

    epochs: tuple[EpochResult, ...]
    monitor: str
    higher_is_better: bool
    n_parameters: int

    @property
    def best(self) -> EpochResult:
        """The epoch whose weights are in ``best.pt``."""
        values = [epoch.valid[self.monitor] for epoch in self.epochs]
        return self.epochs[best_epoch(values, self.higher_is_better)]

    def write(self, path: Path) -> None:
        """Write ``metrics.json``."""
        write_whole(path, json.dumps(asdict(self), indent=2, ensure_ascii=False))

    @classmethod
    def read(cls, path: Path) -> History:
        """Return what `write` wrote.

        Raises:
            RunError: the file is missing or is not of this kind.
        """
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            epochs = tuple(EpochResult(**row) for row in table.pop("epochs"))
            history = cls(epochs, **table)
        except OSError as error:
            raise RunError(f"{path}: cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RunError(f"{path}: is not the metrics.json of a run: {error}") from error
        if not epochs:
            raise RunError(f"{path}: the run has not finished an epoch yet")
        return history
