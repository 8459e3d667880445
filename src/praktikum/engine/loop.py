"""The loop: epochs of batches, validation, checkpoints. There is no other in the library.

All that varies between runs is a value given to it: see `Trainer`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NoReturn

from torch import nn
from torch.utils.data import DataLoader

from praktikum.engine.averages import Averages
from praktikum.engine.checkpoint import save_checkpoint
from praktikum.engine.errors import Interrupted, NonFiniteError, SettingError
from praktikum.engine.evaluation import evaluate
from praktikum.engine.fit import Fit, Listener
from praktikum.engine.history import EpochResult
from praktikum.engine.interruption import Interruption
from praktikum.engine.objective import Objective, Step
from praktikum.engine.order import epoch_batches
from praktikum.engine.placement import Placement
from praktikum.engine.precision import Precision
from praktikum.engine.processes import Processes
from praktikum.engine.run_folder import RunFolder
from praktikum.engine.run_state import load_run, save_run
from praktikum.engine.seeds import preserved_random_state
from praktikum.engine.stopping import has_stalled
from praktikum.engine.updater import Updater

__all__ = ["Loop"]


class _Asked(Exception):
    """Ctrl-C was seen during validation."""


@dataclass
class Loop:
    """One run of the loop.

    Attributes:
        fit: the run in progress; all of it that changes is kept in checkpoints.
        runnable: what is called: the model, or the model compiled or wrapped.
        clock: returns seconds.
    """

    fit: Fit
    runnable: nn.Module
    objective: Objective
    train: DataLoader[Any]
    valid: DataLoader[Any]
    updater: Updater
    placement: Placement
    precision: Precision
    processes: Processes
    listeners: Sequence[Listener]
    folder: RunFolder
    interruption: Interruption
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        self._epoch_started = self.clock()
        self.fit.lr = self.updater.lr

    def run(self) -> None:
        """Train to the last epoch, or until patience ends."""
        while self.fit.epoch < self.fit.settings.epochs and not self._has_stalled():
            self._train_epoch()
            self._finish_epoch(self._validate())

    def _train_epoch(self) -> None:
        fit, every = self.fit, self.fit.settings.checkpoint_every
        saved = fit.batch
        self.fit.model.train()
        for batch in self._batches(self.train, fit.epoch, fit.batch):
            window_complete = self._train_batch(batch)
            if not window_complete:
                continue
            if self.interruption.asked:
                self._stop()
            if every is not None and fit.batch - saved >= every:
                self._save()
                saved = fit.batch

    def _train_batch(self, batch: Any) -> bool:
        """Take one batch; return whether an update is complete."""
        fit, accumulate = self.fit, self.fit.settings.accumulate
        opened = fit.batch - fit.batch % accumulate
        window = min(accumulate, fit.batches_per_epoch - opened)
        complete = fit.batch + 1 == opened + window
        fit.hooked = False
        self._tell("batch_begins")
        runnable = fit.model if fit.hooked else self.runnable
        with nullcontext() if complete else self.processes.accumulating(runnable):
            with self.precision.autocast():
                step = self.objective(runnable, self.placement.place(batch))
            values = step.values()
            fit.batch += 1
            self._check_finite(values["loss"], f"the loss is {values['loss']} at")
            self.updater.backward(step, window)
        fit.averages.add(values, step.size)
        if complete:
            self._update()
        self._tell("batch_ends", step)
        return complete

    def _update(self) -> None:
        self.updater.complete_gradients()
        self._tell("gradients_ready")
        self.fit.lr = self.updater.lr
        self.updater.update()
        self.fit.update += 1

    def _validate(self) -> EpochResult:
        """Return the epoch's result; the weights and random states are as before."""
        model, average = self.fit.model, self.updater.ema
        batches = self._unless_asked(self._batches(self.valid, 0, 0))
        try:
            with preserved_random_state(), average.applied(model) if average else nullcontext():
                valid = evaluate(
                    self.runnable, batches, self.objective, self.placement, self.precision
                )
                result = self._result(self.processes.combined(valid).means())
                self._keep_if_best(result)
                self._tell("epoch_ends", result)
                return result
        except _Asked:
            self._stop()

    def _result(self, valid: dict[str, float]) -> EpochResult:
        fit, monitor = self.fit, self.fit.settings.monitor
        if monitor not in valid:
            names = ", ".join(sorted(valid))
            raise SettingError(
                f"monitor={monitor!r} is not among what the objective gives: {names}"
            )
        self._check_finite(
            valid[monitor], f"{monitor} on validation data is {valid[monitor]} after"
        )
        train = self.processes.combined(fit.averages).means()
        seconds = self.clock() - self._epoch_started
        return EpochResult(fit.epoch + 1, train, valid, fit.lr, seconds)

    def _keep_if_best(self, result: EpochResult) -> None:
        """Add the result, and keep the model's present weights if it is the best."""
        fit = self.fit
        fit.epochs.append(result)
        if fit.history.best is result and self.processes.writes:
            state = {"model": fit.model.state_dict(), "epoch": result.epoch}
            save_checkpoint(self.folder.best, state | {"valid": dict(result.valid)})

    def _finish_epoch(self, result: EpochResult) -> None:
        fit = self.fit
        fit.epoch, fit.batch, fit.averages = result.epoch, 0, Averages()
        self._epoch_started = self.clock()
        if self.processes.writes:  # before the checkpoint, after which this epoch is not repeated
            fit.history.write(self.folder.metrics)
        self._save()
        if self.interruption.asked and fit.epoch < fit.settings.epochs:
            self._stop()

    def _stop(self) -> NoReturn:
        self._save()
        raise Interrupted(
            f"stopped at {self.fit.place}; all is saved in {self.folder.last}, from which "
            "fit(…, resume=True) goes on as if nothing had happened",
            self.folder.last,
        )

    def _has_stalled(self) -> bool:
        settings = self.fit.settings
        values = [epoch.valid[settings.monitor] for epoch in self.fit.epochs]
        return has_stalled(values, settings.patience, settings.min_delta, settings.higher_is_better)

    def _batches(self, loader: DataLoader[Any], epoch: int, start: int) -> Iterator[Any]:
        seed = self.fit.settings.seed
        return iter(epoch_batches(loader, seed, epoch, start, self.processes))

    def _unless_asked(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            if self.interruption.asked:
                raise _Asked
            yield batch

    def _tell(self, moment: str, *more: Step | EpochResult) -> None:
        for listener in self.listeners:
            getattr(listener, moment)(self.fit, *more)

    def _check_finite(self, value: float, what: str) -> None:
        if not math.isfinite(value):
            raise NonFiniteError(
                f"{what} {self.fit.place}; try a lower lr, a warm-up or clip_norm, and look at "
                "the examples of this batch"
            )

    def _save(self) -> None:
        if self.processes.writes:
            seconds = self.clock() - self._epoch_started
            save_run(self.folder.last, self.fit, self.updater, seconds)

    def load(self) -> None:
        """Go on from ``last.pt``.

        Raises:
            CheckpointError: it is damaged, or of a run with another model or other data.
        """
        seconds = load_run(self.folder.last, self.fit, self.updater)
        self._epoch_started = self.clock() - seconds
