"""A masked token guessed from the tokens beside it: pairs that were counted, and nothing else.

The probability of a token w between l and r is that of w after l times that of r after w, up to a
factor that all w share. Both are counts of pairs mixed with those of single tokens, which weigh as
much as `prior` pairs: p(w|l) = (c(l w) + prior p(w)) / (c(l) + prior).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

import numpy as np
from jaxtyping import Float
from scipy.sparse import coo_matrix

from .errors import SettingError

__all__ = ["NeighbourGuess"]


class NeighbourGuess:
    """Counts of pairs.

    texts:    tokens of each; marks of beginning and end count as tokens, if they are there
    n_tokens: of the vocabulary
    prior:    pairs that single tokens weigh as much as, above 0
    """

    def __init__(self, texts: Iterable[Sequence[int]], n_tokens: int, prior: float = 10.0) -> None:
        if prior <= 0:
            raise SettingError(f"prior={prior} must be above 0 pairs")
        texts = list(texts)
        pairs = np.array(list(chain.from_iterable(map(pairwise, texts)))).reshape(-1, 2)
        counts = coo_matrix(
            (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n_tokens, n_tokens)
        )
        self.after, self.before = counts.tocsr(), counts.tocsc()
        single = np.bincount(np.fromiter(chain.from_iterable(texts), int), minlength=n_tokens)
        self.single = (single + 1) / (single.sum() + n_tokens)  # p(w), no token impossible
        self.totals, self.prior = np.asarray(counts.sum(axis=1)).ravel(), prior

    def log_probabilities(
        self, left: int | None, right: int | None
    ) -> Float[np.ndarray, " n_tokens"]:
        """Return log p of each token between two; None is that a neighbour is not known.

        They do not sum to 1: only their order matters.
        """
        log_p: np.ndarray = np.log(self.single)
        if left is not None:
            pairs = self.after[[left]].toarray()[0]
            log_p = np.log(pairs + self.prior * self.single)
        if right is not None:
            pairs = self.before[:, [right]].toarray()[:, 0]
            log_p += np.log(pairs + self.prior * self.single[right])
            log_p -= np.log(self.totals + self.prior)
        return log_p

    def guess(self, left: int | None, right: int | None) -> int:
        """Return the likeliest token between two."""
        return int(self.log_probabilities(left, right).argmax())
