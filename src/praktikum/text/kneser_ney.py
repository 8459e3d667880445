"""Interpolated Kneser–Ney smoothing: lower orders ask in how many contexts a token came.

Kneser, Ney, 1995, "Improved backing-off for m-gram language modeling", in the interpolated form of
Chen and Goodman, 1999, equations 24 and 26 (one discount for each order):

    p(w|h) = max(a(h w) - D, 0) / a(h)  +  D N(h) / a(h)  p(w|h')

N(h) is the number of different tokens after h, and h' is h without its first token; below single
tokens stands 1/V. a(h w) is a count for n-grams of the full order and for those that begin a text,
which nothing can precede; else it is the number of different tokens that preceded them. So "San
Francisco" may be frequent, and yet "Francisco" is improbable after anything else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .errors import SettingError
from .ngrams import Context, NgramCounts, NgramModel
from .vocabulary import SOS

__all__ = ["KneserNey", "adjusted_counts", "estimated_discount"]

Adjusted = Mapping[Context, Mapping[str, int]]


def adjusted_counts(counts: NgramCounts) -> Adjusted:
    """Return a(h w) for every context h and token w that came."""
    adjusted: dict[Context, Counter[str]] = defaultdict(Counter)
    for length in range(counts.order):
        for context, after in counts.contexts(length):
            if length == counts.order - 1 or context[:1] == (SOS,):
                adjusted[context].update(after)
            if length:  # one more token before each of what follows
                adjusted[context[1:]].update(dict.fromkeys(after, 1))
    return adjusted


def estimated_discount(adjusted: Adjusted, order: int) -> float:
    """Return n1 / (n1 + 2 n2), n1 and n2 being how many n-grams of an order came once and twice.

    Where none came once, as when a vocabulary leaves out rare tokens, the answer would be 0, and
    what is unseen impossible; there it is 1/2.
    """
    how_often = Counter(
        count
        for context, after in adjusted.items()
        if len(context) == order - 1
        for count in after.values()
    )
    once, twice = how_often[1], how_often[2]
    return once / (once + 2 * twice) if once else 0.5


class KneserNey(NgramModel):
    """Interpolated Kneser–Ney.

    Args:
        counts: of the texts.
        discounts: D of order 1, 2, …; each from 0 to 1; None estimates them from the counts.
    """

    def __init__(self, counts: NgramCounts, discounts: Sequence[float] | None = None) -> None:
        super().__init__(counts)
        self._adjusted = adjusted_counts(counts)
        orders = range(1, counts.order + 1)
        if discounts is None:
            discounts = [estimated_discount(self._adjusted, order) for order in orders]
        if len(discounts) != counts.order or not all(0 <= each <= 1 for each in discounts):
            raise SettingError(
                f"discounts must be {counts.order} numbers from 0 to 1, got {list(discounts)}"
            )
        self.discounts = tuple(discounts)
        self._totals = {context: sum(after.values()) for context, after in self._adjusted.items()}

    def _probability(self, token: str, context: Context) -> float:
        n_tokens = len(self.counts.tokens)
        lower = self._probability(token, context[1:]) if context else 1 / n_tokens
        total = self._totals.get(context, 0)
        if not total:  # the context never came
            return lower
        after, discount = self._adjusted[context], self.discounts[len(context)]
        kept = max(after.get(token, 0) - discount, 0)
        return (kept + discount * len(after) * lower) / total
