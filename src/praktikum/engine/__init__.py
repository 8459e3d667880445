"""The only training loop: what is done to any torch model, whatever the task.

`Trainer` and its settings; the contract between a task and the loop (`Objective`, `Step`); what
a run leaves behind (`History`, checkpoints).
"""

from praktikum.engine.checkpoint import load_checkpoint, load_weights
from praktikum.engine.errors import (
    CheckpointError,
    EngineError,
    Interrupted,
    NonFiniteError,
    RunError,
    SettingError,
    check_fields,
)
from praktikum.engine.fit import Example, Fit, Illustrate, Listener
from praktikum.engine.history import EpochResult, History
from praktikum.engine.logging.settings import LoggingSettings
from praktikum.engine.objective import Objective, Step
from praktikum.engine.optimisers import OptimiserSettings, ParameterGroup
from praktikum.engine.processes import OneProcess, Processes
from praktikum.engine.run_folder import RunFolder
from praktikum.engine.schedule import ScheduleSettings
from praktikum.engine.settings import TrainerSettings
from praktikum.engine.trainer import Trainer

__all__ = [
    "CheckpointError",
    "EngineError",
    "EpochResult",
    "Example",
    "Fit",
    "History",
    "Illustrate",
    "Interrupted",
    "Listener",
    "LoggingSettings",
    "NonFiniteError",
    "Objective",
    "OneProcess",
    "OptimiserSettings",
    "ParameterGroup",
    "Processes",
    "RunError",
    "RunFolder",
    "ScheduleSettings",
    "SettingError",
    "Step",
    "Trainer",
    "TrainerSettings",
    "check_fields",
    "load_checkpoint",
    "load_weights",
]
