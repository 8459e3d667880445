"""What a run raises for bad input: a caller tells these in a line; anything else is our mistake."""

from __future__ import annotations

from praktikum.data.errors import DataError
from praktikum.engine import EngineError
from praktikum.recipes.config import ConfigError
from praktikum.sequence import SequenceError
from praktikum.text.errors import TextError
from praktikum.vision.errors import SettingError, WeightsError

__all__ = ["REFUSALS"]

REFUSALS: tuple[type[Exception], ...] = (
    ConfigError,
    DataError,
    EngineError,
    SequenceError,
    SettingError,
    TextError,
    WeightsError,
    OSError,
)
"""Of a config, of data, of weights, or of a setting that a room does not take."""
