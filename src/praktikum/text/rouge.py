"""ROUGE: how much of a summary's words, n-grams and word order a reference has, and vice versa.

Lin, 2004, "ROUGE: a package for automatic evaluation of summaries": ROUGE-N (section 2), ROUGE-L
of a text (3.1) and of its sentences, `rouge_lsum` (3.2). Numbers are those of Google's package
rouge-score, with its two departures from the paper: F is F₁, and a word of the union in
`rouge_lsum` is a hit only as often as the candidate holds it. Left out: ROUGE-W and ROUGE-S,
several references, the bootstrap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

from .common_subsequence import common_length, common_positions, positions_of_tokens
from .errors import SettingError, ShapeError
from .ngram_matches import ngram_matches

__all__ = ["RougeScore", "Stemmer", "rouge_l", "rouge_lsum", "rouge_n", "rouge_tokeniser"]

Stemmer = Callable[[str], str]
_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789"
_SPACED = bytes(sign if sign in _LETTERS else ord(" ") for sign in range(256))
SHORT = 3  # letters of a word that is not stemmed


@dataclass(frozen=True)
class RougeScore:
    """The score of each pair, 0 to 1.

    Attributes:
        precision: share of the candidate that the reference has.
        recall: share of the reference that the candidate has.
        f1: their harmonic mean; 0 where both are.
    """

    precision: Float[np.ndarray, " pairs"]
    recall: Float[np.ndarray, " pairs"]
    f1: Float[np.ndarray, " pairs"]


def rouge_tokeniser(stemmer: Stemmer | None = None) -> Callable[[str], list[str]]:
    """Return what cuts a text into words: lower case, Latin letters and digits, stemmed or not.

    Words of other alphabets vanish, as they do in rouge-score. `stemmer` gets words of more than
    three letters, each once; rouge-score's own (`use_stemmer=True`) is
    ``nltk.PorterStemmer().stem``.

    >>> rouge_tokeniser()("It's GREAT, 10/10!")
    ['it', 's', 'great', '10', '10']
    """
    if stemmer is None:
        return _words

    @lru_cache(maxsize=1 << 17)
    def stem(word: str) -> str:
        return stemmer(word) if len(word) > SHORT else word

    return lambda text: [stem(word) for word in _words(text)]


def _words(text: str) -> list[str]:
    ascii_only = text.lower().encode("ascii", "replace")
    return ascii_only.translate(_SPACED).decode("ascii").split()


def rouge_n(
    candidates: Sequence[str],
    references: Sequence[str],
    n: int = 1,
    stemmer: Stemmer | None = None,
) -> RougeScore:
    """Return ROUGE-N: common n-grams. Raises ShapeError: as many of one as of the other.

    >>> rouge_n(["the cat sat"], ["the cat sat on the mat"]).recall
    array([0.5])
    """
    if n < 1:
        raise SettingError(f"n must be at least 1, got {n}")
    _check_pairs(candidates, references)
    cut = rouge_tokeniser(stemmer)
    pairs = [cut(text) for text in candidates], [[cut(text)] for text in references]
    *_, longest = ngram_matches(*pairs, n)
    return _score(longest.matches, longest.totals, longest.wanted)


def rouge_l(
    candidates: Sequence[str], references: Sequence[str], stemmer: Stemmer | None = None
) -> RougeScore:
    """Return ROUGE-L: the longest common subsequence. Raises ShapeError as `rouge_n`."""
    _check_pairs(candidates, references)
    cut = rouge_tokeniser(stemmer)
    pairs = [(cut(c), cut(r)) for c, r in zip(candidates, references, strict=True)]
    hits, totals, wanted = (
        [count(*pair) for pair in pairs]
        for count in (common_length, lambda c, _: len(c), lambda _, r: len(r))
    )
    return _score(hits, totals, wanted)


def rouge_lsum(
    candidates: Sequence[str], references: Sequence[str], stemmer: Stemmer | None = None
) -> RougeScore:
    r"""Return ROUGE-L of summaries, whose sentences are lines (parted by ``\n``).

    A sentence of the reference is matched with each of the candidate, and the union of what they
    have in common with it counts. Raises ShapeError as `rouge_n`.
    """
    _check_pairs(candidates, references)
    cut = rouge_tokeniser(stemmer)
    hits, totals, wanted = [], [], []
    for candidate, reference in zip(candidates, references, strict=True):
        ours, theirs = ([cut(line) for line in text.split("\n")] for text in (candidate, reference))
        hits.append(_union_hits(ours, theirs))
        totals.append(sum(map(len, ours)))
        wanted.append(sum(map(len, theirs)))
    return _score(hits, totals, wanted)


def _union_hits(candidate: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> int:
    """Return how many words of the reference's sentences the candidate's have in order."""
    found: Counter[str] = Counter()
    for sentence in reference:
        positions = positions_of_tokens(sentence)
        union = 0
        for other in candidate:
            union |= common_positions(positions, other)
        found.update(word for i, word in enumerate(sentence) if union >> i & 1)
    return (found & Counter(word for sentence in candidate for word in sentence)).total()


def _score(
    hits: Sequence[int] | Int[np.ndarray, " pairs"],
    totals: Sequence[int] | Int[np.ndarray, " pairs"],
    wanted: Sequence[int] | Int[np.ndarray, " pairs"],
) -> RougeScore:
    """Return hits / totals, hits / wanted and F₁, where 0 / 0 is 0."""
    matched = np.asarray(hits, dtype=np.float64)
    precision = matched / np.maximum(totals, 1)
    recall = matched / np.maximum(wanted, 1)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    return RougeScore(precision, recall, f1)


def _check_pairs(candidates: Sequence[str], references: Sequence[str]) -> None:
    if len(candidates) != len(references):
        raise ShapeError(
            f"each of the {len(candidates)} candidates needs one reference, got {len(references)}"
        )
