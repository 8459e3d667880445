"""chrF and chrF++ of a corpus and of a sentence: how many runs of characters two texts share.

Popović, 2015, "chrF: character n-gram F-score for automatic MT evaluation": precision and recall of
n-grams of 1 to 6 characters, spaces left out, are each averaged over the orders, and
chrF = 100 · (1 + β²) · P · R / (β² · P + R), where β = 2 makes recall count twice as much. Popović,
2017, "chrF++: words helping character n-grams" has n-grams of 1 and 2 words among the orders. For a
language of many endings this says more than BLEU: a right stem with a wrong ending is nearly right.
Numbers are those of sacrebleu. Left out: the smoothing by ε of older scripts, which counts orders
that are too long for a text.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from itertools import chain

import numpy as np
from jaxtyping import Float, Int

from .errors import SettingError
from .ngram_matches import Tokens, check_references, ngram_matches

__all__ = ["corpus_chrf", "sentence_chrf"]

PUNCTUATION = frozenset(string.punctuation)


def corpus_chrf(
    candidates: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    char_order: int = 6,
    word_order: int = 0,
    beta: float = 2.0,
    lowercase: bool = False,
    whitespace: bool = False,
) -> float:
    """Return chrF of all candidates together, 0 to 100; n-grams of all lines are counted first.

    Args:
        candidates: lines.
        references: for each candidate, all its references; the one that it is closest to counts.
        char_order: characters of the longest n-grams.
        word_order: words of the longest ones, with punctuation apart; 2 makes it chrF++.
        beta: how many times more recall counts than precision.
        lowercase: compare in lower case.
        whitespace: have n-grams go over spaces.

    Raises:
        ShapeError: numbers of candidates and references differ, or a candidate has none.
        SettingError: an order below 0, no n-grams at all, or `beta` not above 0.
    """
    check_references(candidates, references)
    if min(char_order, word_order) < 0 or char_order + word_order == 0 or beta <= 0:
        raise SettingError(
            "char_order and word_order must be at least 0 and one of them above, beta above 0; "
            f"got {char_order}, {word_order} and {beta}"
        )
    n_references = [len(own) for own in references]
    repeated = [line for line, n in zip(candidates, n_references, strict=True) for _ in range(n)]
    texts = [repeated, list(chain.from_iterable(references))]
    if lowercase:
        texts = [[line.lower() for line in side] for side in texts]
    characters = [[line if whitespace else "".join(line.split()) for line in s] for s in texts]
    counts = _counted(characters, char_order)
    if word_order:
        words = [[_words(line) for line in side] for side in texts]
        counts = np.concatenate((counts, _counted(words, word_order)))
    closest = _closest(_f_score(counts, beta), n_references)
    return float(_f_score(counts[..., closest].sum(axis=-1, keepdims=True), beta)[0])


def sentence_chrf(
    candidate: str,
    references: Sequence[str],
    *,
    char_order: int = 6,
    word_order: int = 0,
    beta: float = 2.0,
    lowercase: bool = False,
    whitespace: bool = False,
) -> float:
    """Return chrF of one candidate; the arguments are those of `corpus_chrf`.

    >>> round(sentence_chrf("кошка сидела", ["кошки сидели"]), 1)
    43.2
    """
    return corpus_chrf(
        [candidate],
        [references],
        char_order=char_order,
        word_order=word_order,
        beta=beta,
        lowercase=lowercase,
        whitespace=whitespace,
    )


def _counted(texts: Sequence[Sequence[Tokens]], order: int) -> Int[np.ndarray, "orders 3 pairs"]:
    """Return n-grams that are shared, those of the candidate, and those of the reference.

    Where a reference is too short to have n-grams of an order, the candidate's don't count either.
    """
    counts = np.zeros((order, 3, len(texts[0])), dtype=np.int64)
    if order:
        for row, found in zip(
            counts, ngram_matches(texts[0], [[text] for text in texts[1]], order), strict=True
        ):
            row[:] = found.matches, np.where(found.wanted > 0, found.totals, 0), found.wanted
    return counts


def _f_score(counts: Int[np.ndarray, "orders 3 pairs"], beta: float) -> Float[np.ndarray, " pairs"]:
    """Return the F-score of each pair, 0 to 100, over the orders that both texts have."""
    matches, totals, wanted = counts.swapaxes(0, 1)
    n_orders = np.maximum(((totals > 0) & (wanted > 0)).sum(axis=0), 1)
    precision = (matches / np.maximum(totals, 1)).sum(axis=0) / n_orders
    recall = (matches / np.maximum(wanted, 1)).sum(axis=0) / n_orders
    weighted = beta**2 * precision + recall
    above = 100 * (1 + beta**2) * precision * recall
    scores: Float[np.ndarray, " pairs"] = above / np.where(weighted > 0, weighted, 1.0)
    return scores


def _closest(
    scores: Float[np.ndarray, " pairs"], n_references: Sequence[int]
) -> Int[np.ndarray, " candidates"]:
    """Return for each candidate which pair has its best score, the first among equals."""
    ends = np.cumsum(n_references)
    own = [scores[end - n : end] for end, n in zip(ends, n_references, strict=True)]
    return np.array([end - len(s) + s.argmax() for end, s in zip(ends, own, strict=True)], np.int64)


def _words(line: str) -> list[str]:
    """Return the words with one punctuation mark apart, after a word rather than before it.

    >>> _words("(so) they (say)")
    ['(so', ')', 'they', '(say', ')']
    """
    words = []
    for word in line.split():
        if len(word) > 1 and word[-1] in PUNCTUATION:
            words += [word[:-1], word[-1]]
        elif len(word) > 1 and word[0] in PUNCTUATION:
            words += [word[0], word[1:]]
        else:
            words.append(word)
    return words
