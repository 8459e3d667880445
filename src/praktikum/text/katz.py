"""Katz's back-off: what was seen gets a little less, and what was not shares it by a lower order.

Katz, 1987, "Estimation of probabilities from sparse data for the language model component of a
speech recognizer": with d_r the share that is left of a count r,

    p(w|h) = d_r c(h w) / c(h)      if h w came r times
             alpha(h) p(w|h')       if it did not; h' is h without its first token

where alpha(h) makes the sum 1. Counts above 5 are trusted (d_r = 1); smaller ones are discounted
by Good and Turing's r* = (r + 1) n_{r+1} / n_r, scaled so that all that is taken away is what they
give to the unseen, n_1 / N. Below single tokens, the tokens that never came are alike.

Two gaps of the paper are filled as SRILM does. Where Good and Turing's formula has no answer (some
n_r is 0, as n_1 of single tokens when the vocabulary leaves out rare ones; or d_r is not within 0
and 1), fewer counts than 5 are discounted by it, or none. If nothing after a context was
discounted, one more count is given to what did not come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .errors import SettingError
from .ngrams import Context, NgramCounts, NgramModel

__all__ = ["KatzBackoff", "good_turing_shares"]

_Row = tuple[Mapping[str, float], float]

TRUSTED = 5  # greater counts are not discounted


def good_turing_shares(how_often: Counter[int], largest: int = TRUSTED) -> tuple[float, ...]:
    """Return what is left of the counts 1, 2, … up to the largest that is discounted.

    how_often: n_r, the number of n-grams that came r times
    largest:   the greatest count that is to be discounted; it may have to be less

    Empty if not even single counts can be discounted.
    """
    for k in range(largest, 0, -1):
        once = how_often[1]
        above = (k + 1) * how_often[k + 1] / once if once else 1.0
        if above >= 1 or not all(how_often[r] for r in range(1, k + 2)):
            continue
        shares = tuple(
            ((r + 1) * how_often[r + 1] / (r * how_often[r]) - above) / (1 - above)
            for r in range(1, k + 1)
        )
        if all(0 < share < 1 for share in shares):
            return shares
    return ()


class KatzBackoff(NgramModel):
    """Katz's back-off with Good and Turing's discounts.

    Args:
        counts: of the texts.
        shares: for order 1, 2, …: what is left of the counts 1, 2, …, each between 0 and 1;
            greater counts are left whole. None estimates them from the counts.
    """

    def __init__(
        self, counts: NgramCounts, shares: Sequence[Sequence[float]] | None = None
    ) -> None:
        super().__init__(counts)
        if shares is None:
            shares = [good_turing_shares(self._how_often(n)) for n in range(1, counts.order + 1)]
        if len(shares) != counts.order or not all(0 < d < 1 for row in shares for d in row):
            raise SettingError(
                f"shares must be {counts.order} rows of numbers between 0 and 1, got {shares}"
            )
        self.shares = tuple(tuple(row) for row in shares)
        self._rows: dict[Context, _Row] = {}

    def _how_often(self, order: int) -> Counter[int]:
        contexts = self.counts.contexts(order - 1)
        return Counter(count for _, after in contexts for count in after.values())

    def _probability(self, token: str, context: Context) -> float:
        seen, weight = self._row(context)
        if token in seen:
            return seen[token]
        return weight * self._lower(token, context)

    def _lower(self, token: str, context: Context) -> float:
        """Return p(w|h'), or below single tokens what is alike for all that never came."""
        if context:
            return self._probability(token, context[1:])
        return 1 / (len(self.counts.tokens) - len(self.counts.after(())))

    def _row(self, context: Context) -> _Row:
        """Return what came after a context with its discounted probabilities, and alpha(h)."""
        after = self.counts.after(context)
        if not after:
            return {}, 1.0
        if context not in self._rows:
            complete = len(after) == len(self.counts.tokens)  # no token to leave anything to
            shares = () if complete else self.shares[len(context)]
            discounted = min(after.values()) <= len(shares)
            total = self.counts.total(context) + (not complete and not discounted)
            seen = {
                token: count * (shares[count - 1] if count <= len(shares) else 1) / total
                for token, count in after.items()
            }
            self._rows[context] = seen, 0.0 if complete else self._weight(seen, context)
        return self._rows[context]

    def _weight(self, seen: Mapping[str, float], context: Context) -> float:
        """Return alpha(h): what the seen leave, over what the lower order gives to the unseen."""
        given = sum(self._lower(token, context) for token in seen) if context else 0.0
        return (1 - sum(seen.values())) / (1 - given)
