"""The values of a training run: frozen, checked when made, and mirrored by a table of TOML.

Every field has a default, so that a config names only what it changes. ``None`` switches a thing
off (in TOML: leave the key out). The settings of one concept lie in that concept's module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from praktikum.engine.errors import check_fields
from praktikum.engine.logging.settings import LoggingSettings
from praktikum.engine.optimisers import OptimiserSettings
from praktikum.engine.precision import PrecisionName
from praktikum.engine.schedule import ScheduleSettings

__all__ = ["TrainerSettings"]


@dataclass(frozen=True)
class TrainerSettings:
    """How any model is trained.

    Attributes:
        epochs: passes over the training data, default 10.
        seed: of every random draw in the run, default 0.
        deterministic: refuse operations whose result may vary between runs, default false.
        device: where torch computes, such as ``cpu`` or ``cuda:0``, default ``cpu``; one that
            is not there is an error.
        precision: ``fp32``, ``bf16``, or ``fp16`` with a scaled loss, default ``fp32``.
        accumulate: batches behind one update of the weights, default 1.
        clip_norm: the longest gradient, as the 2-norm over all weights, default none.
        clip_value: the largest absolute value of a gradient's element, default none; clipped
            before the norm.
        ema_decay: share of the old average in the exponential moving average of the weights;
            with it, the average is what is validated and kept as the best, default none.
        compile: run the model through ``torch.compile``, default false.
        compile_backend: of ``torch.compile``, default ``inductor``.
        channels_last: keep images with their channels last in memory, default false.
        monitor: the value on validation data by which the best epoch is chosen, ``loss`` or the
            name of a metric, default ``loss``.
        higher_is_better: whether a higher ``monitor`` is better, default false.
        patience: epochs without improvement before the run stops, default none (never).
        min_delta: the least change of ``monitor`` that patience takes for an improvement, in the
            metric's unit, default 0.
        checkpoint_every: batches between two checkpoints within an epoch, default none (only
            when an epoch ends).
        optimiser: the rule of the update.
        schedule: how the learning rate changes over the run.
        logging: what is shown and written to TensorBoard.
    """

    epochs: int = 10
    seed: int = 0
    deterministic: bool = False
    device: str = "cpu"
    precision: PrecisionName = "fp32"
    accumulate: int = 1
    clip_norm: float | None = None
    clip_value: float | None = None
    ema_decay: float | None = None
    compile: bool = False
    compile_backend: Literal["inductor", "aot_eager", "eager"] = "inductor"
    channels_last: bool = False
    monitor: str = "loss"
    higher_is_better: bool = False
    patience: int | None = None
    min_delta: float = 0.0
    checkpoint_every: int | None = None
    optimiser: OptimiserSettings = field(default_factory=OptimiserSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    logging: LoggingSettings = field(default_factory=LoggingSettings)

    def __post_init__(self) -> None:
        check_fields(
            self,
            epochs=(self.epochs >= 1, "be at least 1"),
            seed=(0 <= self.seed < 2**32, "be at least 0 and below 2³²"),
            accumulate=(self.accumulate >= 1, "be at least 1"),
            clip_norm=(self.clip_norm is None or self.clip_norm > 0, "be above 0"),
            clip_value=(self.clip_value is None or self.clip_value > 0, "be above 0"),
            ema_decay=(self.ema_decay is None or 0 <= self.ema_decay < 1, "be in [0, 1)"),
            patience=(self.patience is None or self.patience >= 1, "be at least 1"),
            min_delta=(self.min_delta >= 0, "be at least 0"),
            checkpoint_every=(
                self.checkpoint_every is None or self.checkpoint_every >= 1,
                "be at least 1",
            ),
        )
