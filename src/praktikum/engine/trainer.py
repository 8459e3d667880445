"""``Trainer.fit``: any torch model, any data, one loop.

    trainer = Trainer(TrainerSettings(epochs=3), Path("var/runs/mine"))
    history = trainer.fit(model, train, valid, objective)

The run folder then holds ``last.pt`` (all that is needed to go on), ``best.pt`` (the weights of
the best epoch), ``metrics.json`` and TensorBoard's events. A run that was stopped anywhere, also
by SIGKILL, goes on with ``resume=True`` and on a CPU ends with the same bits as without the stop.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.utils.data import DataLoader

from praktikum.engine.evaluation import evaluate
from praktikum.engine.fit import Fit, Illustrate, Listener
from praktikum.engine.history import History
from praktikum.engine.interruption import Interruption
from praktikum.engine.logging.listeners import make_listeners
from praktikum.engine.loop import Loop
from praktikum.engine.objective import Objective
from praktikum.engine.optimisers import ParameterGroup, make_optimiser
from praktikum.engine.order import check_loader, epoch_batches
from praktikum.engine.placement import Placement
from praktikum.engine.precision import Precision
from praktikum.engine.processes import OneProcess, Processes
from praktikum.engine.run_folder import RunFolder
from praktikum.engine.schedule import Schedule
from praktikum.engine.seeds import deterministic_algorithms, preserved_random_state, seed_everything
from praktikum.engine.settings import TrainerSettings
from praktikum.engine.updater import Updater

__all__ = ["Trainer"]


class Trainer:
    """Trains models by one set of values.

    Args:
        settings: how to train.
        run_dir: the run's folder; made if it isn't there.
        listeners: more of them, besides those that ``settings.logging`` asks for.
        processes: that train together, one if not given.
        clock: returns seconds; for `EpochResult.seconds` only.

    Raises:
        SettingError: the settings' device cannot be used here.
    """

    def __init__(
        self,
        settings: TrainerSettings,
        run_dir: Path,
        listeners: Sequence[Listener] = (),
        processes: Processes | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.settings, self.folder = settings, RunFolder(run_dir)
        self._listeners, self._clock = tuple(listeners), clock
        self._processes = OneProcess() if processes is None else processes
        self._placement = Placement(settings.device, settings.channels_last)

    def fit(
        self,
        model: nn.Module,
        train: DataLoader[Any],
        valid: DataLoader[Any],
        objective: Objective,
        *,
        parameters: Sequence[ParameterGroup] | None = None,
        illustrate: Illustrate | None = None,
        resume: bool = False,
    ) -> History:
        """Train ``model`` in place and return what each epoch reached.

        The model ends with the weights of the last update; those of the best epoch are in
        ``best.pt`` (see `load_weights`). Global random generators are seeded first.

        Args:
            model: moved to the settings' device.
            train: any `DataLoader` over a map-style dataset; see `order` on augmentation.
            valid: the same.
            objective: gives the loss and the metrics.
            parameters: groups with learning rates of their own; all parameters if not given.
            illustrate: fixed examples for the pictures in TensorBoard and in the report.
            resume: go on from ``last.pt`` where there is one.

        Raises:
            SettingError: the loaders, the device or the monitor cannot be used.
            RunError: the folder holds a run, and ``resume`` is not set.
            CheckpointError: ``last.pt`` is damaged or of another model or other data.
            NonFiniteError: the loss or the weights became NaN or infinite.
            Interrupted: Ctrl-C; the state is saved.
        """
        check_loader("train", train)
        check_loader("valid", valid)
        if not resume:
            self.folder.check_free()
        self.folder.path.mkdir(parents=True, exist_ok=True)
        if self._processes.writes:
            self.folder.sweep()
        seed_everything(self.settings.seed)
        with deterministic_algorithms(self.settings.deterministic), Interruption() as asked:
            loop = self._make_loop(model, train, valid, objective, parameters, illustrate, asked)
            if self.folder.last.exists():
                loop.load()
            self._run(loop)
        return loop.fit.history

    def evaluate(
        self, model: nn.Module, loader: DataLoader[Any], objective: Objective
    ) -> dict[str, float]:
        """Return the means of loss and metrics over a loader's examples."""
        check_loader("data", loader)
        model = self._placement.place_model(model)
        batches = epoch_batches(loader, self.settings.seed, 0, 0, self._processes)
        precision = Precision(self.settings.precision, self._placement.device)
        with preserved_random_state():
            averages = evaluate(model, batches, objective, self._placement, precision)
        return self._processes.combined(averages).means()

    def _run(self, loop: Loop) -> None:
        with ExitStack() as open_listeners:
            for listener in loop.listeners:
                open_listeners.callback(listener.fit_ends, loop.fit)
                listener.fit_begins(loop.fit)
            loop.run()

    def _make_loop(
        self,
        model: nn.Module,
        train: DataLoader[Any],
        valid: DataLoader[Any],
        objective: Objective,
        parameters: Sequence[ParameterGroup] | None,
        illustrate: Illustrate | None,
        interruption: Interruption,
    ) -> Loop:
        settings, processes = self.settings, self._processes
        model = self._placement.place_model(model)
        n_batches = len(processes.share([[]] * len(train)))
        fit = Fit(model, settings, self.folder.path, n_batches, illustrate)
        groups = parameters or [ParameterGroup(list(model.parameters()))]
        optimiser = make_optimiser(groups, settings.optimiser)
        updates = -(-n_batches // settings.accumulate)
        schedule = Schedule(optimiser, settings.schedule, updates * settings.epochs, updates)
        precision = Precision(settings.precision, self._placement.device)
        logging = make_listeners(settings.logging) if processes.writes else ()
        return Loop(
            fit=fit,
            runnable=processes.wrap(self._compiled(model)),
            objective=objective,
            train=train,
            valid=valid,
            updater=Updater(model, optimiser, schedule, precision, settings),
            placement=self._placement,
            precision=precision,
            processes=processes,
            listeners=(*logging, *self._listeners),
            folder=self.folder,
            interruption=interruption,
            clock=self._clock,
        )

    def _compiled(self, model: nn.Module) -> nn.Module:
        if not self.settings.compile:
            return model
        return cast(nn.Module, torch.compile(model, backend=self.settings.compile_backend))
