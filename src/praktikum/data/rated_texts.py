"""Texts, each with a rating of how much its writer liked a film, held in memory.

Every set has both things that can be asked of a text: a rating from 0 (worst) to 9 (best), and
whether the opinion is favourable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple, TypeVar

__all__ = ["RATINGS", "RatedText", "TextSplits", "in_three_parts", "share_of", "split_by_text"]

RATINGS = 10
Example = TypeVar("Example")


class RatedText(NamedTuple):
    """A text and what its writer thinks.

    Attributes:
        text: as it was written.
        rating: 0 (worst) to 9 (best).
        favourable: whether it is a good opinion.
    """

    text: str
    rating: int
    favourable: bool


@dataclass(frozen=True)
class TextSplits:
    """Texts to train on, to choose by and to test on; none is in two of them."""

    train: Sequence[RatedText]
    valid: Sequence[RatedText]
    test: Sequence[RatedText]

    def __iter__(self) -> Iterator[Sequence[RatedText]]:
        """Yield the three parts in this order."""
        return iter((self.train, self.valid, self.test))


def share_of(text: str) -> float:
    """Return a number from 0 to 1 that depends on the text alone, evenly spread over texts.

    Case and the white space around words make no difference, so that copies of a text have one
    number: where parts are told by it, no text is in two of them, on any machine.
    """
    digest = hashlib.sha256(" ".join(text.lower().split()).encode()).digest()
    return float(int.from_bytes(digest[:8], "big") / 2**64)


def split_by_text(texts: Sequence[RatedText], valid: float, test: float = 0.0) -> TextSplits:
    """Return the texts in three parts, told by `share_of`; `valid` and `test` are shares of all."""
    return TextSplits(*in_three_parts(texts, (text.text for text in texts), valid, test))


def in_three_parts(
    examples: Sequence[Example], texts: Iterable[str], valid: float, test: float
) -> tuple[tuple[Example, ...], tuple[Example, ...], tuple[Example, ...]]:
    """Return what to train on, to choose by and to test on, told by `share_of` of the texts."""
    shares = [share_of(text) for text in texts]
    return (
        tuple(compress(examples, (share >= test + valid for share in shares))),
        tuple(compress(examples, (test <= share < test + valid for share in shares))),
        tuple(compress(examples, (share < test for share in shares))),
    )
