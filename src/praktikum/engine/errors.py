"""What can go wrong in a training run.

Errors::

    EngineError(Exception)
    ├── SettingError(ValueError)   settings, or the data for them, are not as they must be
    ├── CheckpointError            a checkpoint is missing, damaged, or of another run
    ├── RunError                   a run folder is occupied or is not a run's
    ├── NonFiniteError             the loss or the weights became NaN or infinite
    └── Interrupted                Ctrl-C: the run is saved and can be continued
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "CheckpointError",
    "EngineError",
    "Interrupted",
    "NonFiniteError",
    "RunError",
    "SettingError",
    "check_fields",
]


class EngineError(Exception):
    """Whatever a training run refuses."""


class SettingError(EngineError, ValueError):
    """Settings are wrong; ``problems`` has one line for each mistake."""

    def __init__(self, *problems: str) -> None:
        self.problems: Sequence[str] = problems
        super().__init__("\n".join(problems))


class CheckpointError(EngineError):
    """A checkpoint cannot be continued from."""


class RunError(EngineError):
    """A run folder cannot be used."""


class NonFiniteError(EngineError):
    """The loss or the weights are NaN or infinite."""


class Interrupted(EngineError):
    """Ctrl-C was pressed; ``checkpoint`` is the file from which ``fit(…, resume=True)`` goes on."""

    def __init__(self, message: str, checkpoint: Path) -> None:
        self.checkpoint = checkpoint
        super().__init__(message)


def check_fields(settings: object, **rules: tuple[bool, str]) -> None:
    """Hold every rule, given as ``field=(holds, "what the field must do")``.

    For a dataclass's ``__post_init__``: ``check_fields(self, lr=(self.lr > 0, "be above 0"))``.

    Raises:
        SettingError: ``lr=-1 must be above 0``, a line for each rule that does not hold.
    """
    broken = [
        f"{field}={getattr(settings, field)!r} must {rule}"
        for field, (holds, rule) in rules.items()
        if not holds
    ]
    if broken:
        raise SettingError(*broken)
