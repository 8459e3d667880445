"""Mistakes in a config, one line each.

Errors::

    ConfigError(ValueError)    a config is not as its recipe's dataclass wants it
"""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["ConfigError"]


class ConfigError(ValueError):
    """A config is wrong; ``problems`` has one line for each mistake."""

    def __init__(self, *problems: str) -> None:
        self.problems: Collection[str] = problems
        super().__init__("\n".join(problems))
