"""The progress bar: where the run is, its loss and metric, examples per second, time to go."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from praktikum.engine.fit import Fit, Listener
from praktikum.engine.history import EpochResult
from praktikum.engine.objective import Step

__all__ = ["ProgressBar"]

SMOOTHING = 0.9  # share of the old value in the throughput that is shown


class ProgressBar(Listener):
    """A bar on a terminal; elsewhere (a log file) the lines of finished epochs alone.

    Args:
        console: where it is shown; standard error if not given.
        clock: returns seconds.
    """

    def __init__(
        self, console: Console | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._console = Console(stderr=True) if console is None else console
        self._clock = clock
        self._task = TaskID(0)
        self._throughput = 0.0

    def fit_begins(self, fit: Fit) -> None:
        """Show the bar, at the place from which a resumed run goes on."""
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[values]}"),
            TimeRemainingColumn(),
            console=self._console,
            refresh_per_second=4,
            transient=True,
            disable=not self._console.is_terminal,
        )
        total = fit.settings.epochs * fit.batches_per_epoch
        self._task = self._bar.add_task("", total=total, completed=fit.batches_seen, values="")
        self._bar.start()
        self._before = self._clock()

    def batch_ends(self, fit: Fit, step: Step) -> None:
        """Move the bar."""
        now = self._clock()
        seconds, self._before = max(now - self._before, 1e-9), now
        rate = step.size / seconds
        old = self._throughput or rate
        self._throughput = SMOOTHING * old + (1 - SMOOTHING) * rate
        means = fit.averages.means()
        shown = dict.fromkeys(("loss", fit.settings.monitor))
        values = " ".join(f"{name} {means[name]:.4f}" for name in shown if name in means)
        self._bar.update(
            self._task,
            completed=fit.batches_seen,
            description=f"{fit.place}/{fit.settings.epochs}",
            values=f"{values} {self._throughput:.0f} examples/s",
        )

    def epoch_ends(self, fit: Fit, result: EpochResult) -> None:
        """Print the epoch's line."""
        parts = [
            f"{part} {name} {value:.4f}"
            for name in result.valid
            for part, values in (("train", result.train), ("valid", result.valid))
            if (value := values.get(name)) is not None
        ]
        text = f"epoch {result.epoch}/{fit.settings.epochs} · {' · '.join(parts)}"
        self._bar.console.print(
            f"{text} · {result.seconds:.1f} s", highlight=False, markup=False, soft_wrap=True
        )
        self._before = self._clock()

    def fit_ends(self, fit: Fit) -> None:  # noqa: ARG002
        """Take the bar away."""
        if hasattr(self, "_bar"):
            self._bar.stop()
