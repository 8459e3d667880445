"""How many n-grams two texts share, for many texts at once, without a Python object an n-gram.

All texts lie behind each other in one array. An n-gram gets a number by a pair of numbers: that of
the (n - 1)-gram that it begins with, and that of its last token. A unigram's is made of its token
and its comparison, so equal numbers mean equal n-grams of one comparison, and counting is
`numpy.bincount`. BLEU, chrF and ROUGE-N all count so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from jaxtyping import Int

from .errors import ShapeError

__all__ = ["NgramMatches", "Tokens", "check_references", "ngram_matches"]

Tokens = Sequence[str]


@dataclass(frozen=True)
class NgramMatches:
    """The n-grams of one order, in each comparison.

    matches: n-grams of the candidate that a reference has, each counted at most as often as it
             stands in the reference that has it most often
    totals:  n-grams of the candidate
    wanted:  n-grams of the references together
    """

    matches: Int[np.ndarray, " comparisons"]
    totals: Int[np.ndarray, " comparisons"]
    wanted: Int[np.ndarray, " comparisons"]


def ngram_matches(
    candidates: Sequence[Tokens], references: Sequence[Sequence[Tokens]], max_order: int
) -> Iterator[NgramMatches]:
    """Yield what each candidate shares with its references, for n-grams of 1 … `max_order`.

    `references` has a list of references for each candidate; the lists may differ in length.
    """
    n_comparisons, n_columns = len(candidates), 1 + max(map(len, references), default=0)
    texts = list(candidates)  # all candidates, all first references, all second ones, …
    for index in range(n_columns - 1):
        texts += (own[index] if index < len(own) else () for own in references)
    tokens, n_tokens = _numbered(texts)
    text = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    column, comparison = np.divmod(text, max(n_comparisons, 1))
    starts, keys = np.arange(len(tokens)), comparison * n_tokens + tokens
    for order in range(1, max_order + 1):
        known, ids = np.unique(keys, return_inverse=True)  # an n-gram's number is its rank
        shape = (n_columns, len(known))
        counts = np.bincount(column[starts] * shape[1] + ids, minlength=shape[0] * shape[1])
        counts = counts.reshape(shape)  # of each n-gram in each column
        of = np.empty(len(known), np.int64)
        of[ids] = comparison[starts]  # the comparison of each n-gram
        shared = np.minimum(counts[0], counts[1:].max(axis=0, initial=0))
        yield NgramMatches(
            *(
                np.bincount(of, weights=sums, minlength=n_comparisons).astype(np.int64)
                for sums in (shared, counts[0], counts[1:].sum(axis=0))
            )
        )
        if order == max_order:
            return
        longer = starts + order < len(tokens)
        longer[longer] = text[starts[longer] + order] == text[starts[longer]]
        starts, ids = starts[longer], ids[longer]
        keys = ids * n_tokens + tokens[starts + order]


def check_references(candidates: Sequence[str], references: Sequence[Sequence[str]]) -> None:
    """Raise ShapeError unless there is a list of one reference or more for each candidate."""
    if len(candidates) != len(references):
        raise ShapeError(
            f"each of the {len(candidates)} candidates needs a list of its references, got "
            f"{len(references)} lists; lists by reference are to be transposed: zip(*lists)"
        )
    for number, own in enumerate(references):
        if isinstance(own, str) or not own:
            raise ShapeError(
                f"candidate {number} needs a list of one reference or more, got {own!r}"
            )


def _numbered(texts: Sequence[Tokens]) -> tuple[Int[np.ndarray, " tokens"], int]:
    """Return the tokens of all texts as numbers, and how many different ones there are."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a new token gets the next number
    tokens = map(numbers.__getitem__, chain.from_iterable(texts))
    return np.fromiter(tokens, np.int64), len(numbers)
