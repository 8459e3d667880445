"""The learning rate over a run: a pure function of the number of the update.

Constant, a straight line down (Devlin et al., "BERT", 2019, appendix A.2), cosine (Loshchilov,
Hutter, "SGDR", ICLR 2017, equation 5, one period), steps, inverse square root (Vaswani et al.,
"Attention is all you need", 2017, equation 3) and one cycle (Smith, Topin, "Super-convergence",
2018, with cosine arcs as in torch), each after a linear warm-up. Left out: schedules that look at
the loss, and one-cycle's change of the momentum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from torch.optim import Optimizer

from praktikum.engine.errors import check_fields

__all__ = ["Schedule", "ScheduleSettings", "lr_factor"]


@dataclass(frozen=True)
class ScheduleSettings:
    """How the learning rate changes over the run.

    Attributes:
        name: ``constant``, ``linear``, ``cosine``, ``step``, ``inverse-sqrt`` or ``one-cycle``,
            default ``constant``. ``inverse-sqrt`` is the rate of a Transformer: full at the end of
            the warm-up, then half of that at every fourfold number of updates.
        warmup: share of the run's updates in which the rate grows linearly to its full value,
            in [0, 1), default 0; ``one-cycle`` has a rise of its own.
        final: the last rate of ``linear`` and ``cosine``, as a share of the full rate, default 0.
        step_every: of ``step``, epochs between two falls, default 10.
        step_factor: of ``step``, what multiplies the rate at each fall, default 0.1.
        rise: of ``one-cycle``, share of the updates in which the rate rises, default 0.3.
        start_divisor: of ``one-cycle``, the full rate divided by the first, default 25.
        final_divisor: of ``one-cycle``, the first rate divided by the last, default 10000.
    """

    name: Literal["constant", "linear", "cosine", "step", "inverse-sqrt", "one-cycle"] = "constant"
    warmup: float = 0.0
    final: float = 0.0
    step_every: int = 10
    step_factor: float = 0.1
    rise: float = 0.3
    start_divisor: float = 25.0
    final_divisor: float = 1e4

    def __post_init__(self) -> None:
        check_fields(
            self,
            warmup=(
                0 <= self.warmup < 1 and not (self.name == "one-cycle" and self.warmup),
                "be 0 with one-cycle" if self.name == "one-cycle" else "be in [0, 1)",
            ),
            final=(0 <= self.final <= 1, "be in [0, 1]"),
            step_every=(self.step_every >= 1, "be at least 1"),
            step_factor=(self.step_factor > 0, "be above 0"),
            rise=(0 < self.rise < 1, "be in (0, 1)"),
            start_divisor=(self.start_divisor >= 1, "be at least 1"),
            final_divisor=(self.final_divisor >= 1, "be at least 1"),
        )


def lr_factor(
    settings: ScheduleSettings, update: int, total_updates: int, updates_per_epoch: int
) -> float:
    """Return what multiplies the full learning rate in an update; updates count from 0.

    After ``total_updates`` the factor stays what it was at the end.
    """
    update = min(update, total_updates)
    if settings.name == "one-cycle":
        return _one_cycle(settings, min(update, total_updates - 1), total_updates)
    warmup_updates = round(settings.warmup * total_updates)
    if update < warmup_updates:
        return (update + 1) / (warmup_updates + 1)
    progress = (update - warmup_updates) / max(1, total_updates - warmup_updates)
    if settings.name == "linear":
        return 1.0 + (settings.final - 1.0) * progress
    if settings.name == "cosine":
        return _arc(1.0, settings.final, progress)
    if settings.name == "step":
        falls = update // (settings.step_every * updates_per_epoch)
        return float(settings.step_factor**falls)
    if settings.name == "inverse-sqrt":
        return math.sqrt((warmup_updates + 1) / (update + 1))
    return 1.0


def _one_cycle(settings: ScheduleSettings, update: int, total_updates: int) -> float:
    start = 1 / settings.start_divisor
    last = total_updates - 1
    peak = settings.rise * total_updates - 1  # where torch.optim.lr_scheduler.OneCycleLR has it
    if update <= peak:
        return _arc(start, 1.0, update / peak if peak else 1.0)
    return _arc(1.0, start / settings.final_divisor, (update - peak) / max(1.0, last - peak))


def _arc(start: float, end: float, progress: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2


class Schedule:
    """Sets the optimiser's learning rates, group by group; its state is the number of updates."""

    def __init__(
        self,
        optimiser: Optimizer,
        settings: ScheduleSettings,
        total_updates: int,
        updates_per_epoch: int,
    ) -> None:
        self._optimiser, self._settings = optimiser, settings
        self._total, self._per_epoch = total_updates, updates_per_epoch
        self._full_rates = [group["lr"] for group in optimiser.param_groups]
        self.update = 0
        self._set_rates()

    def advance(self) -> None:
        """Set the rates for the next update."""
        self.update += 1
        self._set_rates()

    def _set_rates(self) -> None:
        factor = lr_factor(self._settings, self.update, self._total, self._per_epoch)
        for group, full in zip(self._optimiser.param_groups, self._full_rates, strict=True):
            group["lr"] = full * factor

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` needs to go on."""
        return {"update": self.update}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from a saved number of updates, along the curve of the present settings."""
        self.update = int(state["update"])
        self._set_rates()
