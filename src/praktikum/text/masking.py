"""Masked tokens: what BERT learns from, a text with some of its words taken away.

Devlin et al., 2019, "BERT", section 3.1: of 100 tokens 15 are chosen to be predicted. Of the chosen
80 % become the mask, 10 % another token by chance, and 10 % stay: so that no token can be trusted,
and the network keeps a vector of each, also where no mask stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from .errors import SettingError, ShapeError

__all__ = ["Masking"]


@dataclass(frozen=True)
class Masking:
    """How tokens are masked.

    Attributes:
        mask: the token that stands for a masked one.
        words: the tokens that may be chosen, and be put in the place of others; special ones are
            not among them.
        share: of these tokens, chosen to be predicted; at least one of a text is. Default 0.15.
        masked: share of the chosen that become the mask, default 0.8.
        replaced: share of the chosen that become another token, default 0.1; the rest stay.
    """

    mask: int
    words: Sequence[int]
    share: float = 0.15
    masked: float = 0.8
    replaced: float = 0.1

    def __post_init__(self) -> None:
        """Raise SettingError: a share out of its range, or nothing to choose from."""
        if not 0 < self.share <= 1:
            raise SettingError(f"share={self.share} must be above 0 and at most 1")
        if min(self.masked, self.replaced) < 0 or self.masked + self.replaced > 1:
            raise SettingError(
                f"masked={self.masked} and replaced={self.replaced} must be shares of the chosen, "
                "together at most 1"
            )
        if not len(self.words):
            raise SettingError("words must hold the tokens that may be masked, got none")

    def __call__(
        self, tokens: Int[np.ndarray, " time"], rng: np.random.Generator
    ) -> tuple[Int[np.ndarray, " time"], Bool[np.ndarray, " time"]]:
        """Return the tokens to be read, and which of them are to be predicted.

        Raises ShapeError: a text without a token that may be chosen.
        """
        (places,) = np.isin(tokens, self.words).nonzero()
        if not len(places):
            raise ShapeError(f"a text needs a token that may be masked, got {tokens.tolist()}")
        n_chosen = max(1, round(self.share * len(places)))
        places = rng.choice(places, n_chosen, replace=False)
        chosen = np.zeros(len(tokens), dtype=bool)
        chosen[places] = True
        draws, read = rng.random(n_chosen), tokens.copy()
        read[places[draws < self.masked]] = self.mask
        others = places[(self.masked <= draws) & (draws < self.masked + self.replaced)]
        read[others] = rng.choice(self.words, len(others))
        return read, chosen
