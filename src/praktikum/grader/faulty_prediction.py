"""The error of bytes that are no prediction."""

from __future__ import annotations

from praktikum.checks import Text

__all__ = ["FaultyPrediction"]


class FaultyPrediction(ValueError):
    """Bytes that are no mask or no speech; ``text`` says why, in words that can follow a name."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
