"""Byte-pair encoding learnt step by step, as one would on paper.

Sennrich, Haddow, Birch, 2016, "Neural machine translation of rare words with subword units",
algorithm 1: every word begins as its characters; count the pairs of neighbours, merge the most
frequent one everywhere, and count again.

    words = split({"low": 5, "lower": 2, "newest": 6, "widest": 3})
    for step in bpe_steps(words, n_merges=3):
        print(step.pair, step.count)      # ('e', 's') 9, ('es', 't') 9, ('l', 'o') 7

All words are counted anew after each merge, which is clear and slow; `bpe_training` counts only
what a merge has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from .byte_bpe import Pair

__all__ = ["BpeStep", "Words", "bpe_steps", "merge_pair", "most_frequent", "pair_counts", "split"]

Words = dict[tuple[str, ...], int]
"""Words as rows of their tokens, and how often each occurs."""


@dataclass(frozen=True)
class BpeStep:
    """One merge.

    Attributes:
        pair: what was merged.
        count: how often it stood in the texts.
        words: what the words have become.
    """

    pair: Pair
    count: int
    words: Words


def split(word_counts: Mapping[str, int]) -> Words:
    """Return words as rows of their characters."""
    return {tuple(word): count for word, count in word_counts.items()}


def pair_counts(words: Words) -> Counter[Pair]:
    """Return how often each two tokens stand side by side.

    >>> pair_counts({("a", "b", "a", "b"): 2})
    Counter({('a', 'b'): 4, ('b', 'a'): 2})
    """
    counts: Counter[Pair] = Counter()
    for word, count in words.items():
        for left, right in pairwise(word):
            counts[left, right] += count
    return counts


def most_frequent(counts: Mapping[Pair, int], numbers: Mapping[str, int]) -> Pair:
    """Return the pair that occurs most; of equals the one whose tokens are older."""
    return min(counts, key=lambda pair: (-counts[pair], numbers[pair[0]], numbers[pair[1]]))


def merge_pair(word: tuple[str, ...], pair: Pair) -> tuple[str, ...]:
    """Return the word with the pair as one token wherever it stands, from the left.

    >>> merge_pair(("a", "a", "a", "b"), ("a", "a"))
    ('aa', 'a', 'b')
    """
    merged: list[str] = []
    place = 0
    while place < len(word):
        if word[place : place + 2] == pair:
            merged.append("".join(pair))
            place += 2
        else:
            merged.append(word[place])
            place += 1
    return tuple(merged)


def bpe_steps(words: Words, n_merges: int) -> Iterator[BpeStep]:
    """Yield the merges in their order, fewer where no pair is left.

    Args:
        words: as rows of tokens; see `split`.
        n_merges: how many pairs are merged at most.
    """
    numbers = {
        token: place for place, token in enumerate(sorted({t for word in words for t in word}))
    }
    for _ in range(n_merges):
        counts = pair_counts(words)
        if not counts:
            return
        pair = most_frequent(counts, numbers)
        numbers.setdefault("".join(pair), len(numbers))
        merged: Counter[tuple[str, ...]] = Counter()
        for word, count in words.items():
            merged[merge_pair(word, pair)] += count
        words = dict(merged)
        yield BpeStep(pair, counts[pair], words)
