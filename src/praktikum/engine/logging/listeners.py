"""The listeners that a run's settings ask for."""

from __future__ import annotations

from praktikum.engine.fit import Listener
from praktikum.engine.logging.settings import LoggingSettings

__all__ = ["make_listeners"]


def make_listeners(settings: LoggingSettings) -> list[Listener]:
    """Return a listener for each thing that is switched on."""
    return []
