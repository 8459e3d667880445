"""BLEU of a corpus and of a sentence, with all smoothings.

Papineni, Roukos, Ward, Zhu, 2002, "BLEU: a method for automatic evaluation of machine
translation": BLEU = 100 · BP · exp(Σₙ log pₙ / N), where pₙ is the share of the candidate's n-grams
that its references have too (section 2.1.1, equation for the corpus), and BP = exp(1 - r/c) for a
candidate shorter (c) than its closest reference (r). Smoothings: Chen, Cherry, 2014, "A systematic
comparison of smoothing techniques for sentence-level BLEU", methods 1 (floor), 2 (add-k) and 3
(exp). Numbers are those of sacrebleu. Left out: its tokenisers of Chinese, Japanese and Korean.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from .bleu_tokenisation import BleuTokeniser, bleu_tokens
from .errors import SettingError
from .ngram_matches import check_references, ngram_matches

__all__ = ["BleuScore", "Smoothing", "corpus_bleu", "sentence_bleu"]

Smoothing = Literal["none", "floor", "add-k", "exp"]
DEFAULT_VALUES: dict[str, float] = {"none": 0.0, "floor": 0.1, "add-k": 1.0, "exp": 0.0}


@dataclass(frozen=True)
class BleuScore:
    """BLEU and what it was made of.

    Attributes:
        score: 0 to 100.
        precisions: smoothed, of each order up to the last that counts, 0 to 100.
        brevity_penalty: 0 to 1.
        candidate_length: tokens of all candidates.
        reference_length: tokens of the references that are closest in length.
    """

    score: float
    precisions: tuple[float, ...]
    brevity_penalty: float
    candidate_length: int
    reference_length: int


def corpus_bleu(
    candidates: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    smoothing: Smoothing = "exp",
    smooth_value: float | None = None,
    tokeniser: BleuTokeniser = "13a",
    lowercase: bool = False,
    max_order: int = 4,
    effective_order: bool = False,
) -> BleuScore:
    """Return the BLEU of all candidates together, which is not the mean of their own BLEUs.

    Args:
        candidates: lines.
        references: for each candidate, all its references (sacrebleu wants this transposed).
        smoothing: what an order without matches gets. ``none``: 0, and so does the score;
            ``floor``: `smooth_value` matches; ``exp``: half a match for the first such order,
            a quarter for the next, …; ``add-k``: `smooth_value` is added to matches and totals
            of all orders above 1.
        smooth_value: default 0.1 for ``floor``, 1 for ``add-k``.
        tokeniser: see `bleu_tokens`.
        lowercase: compare in lower case.
        max_order: of the longest n-grams.
        effective_order: leave out orders for which the candidates are too short.

    Raises:
        ShapeError: numbers of candidates and references differ, or a candidate has none.
        SettingError: an unknown smoothing or tokeniser, or `max_order` below 1.
    """
    _check(candidates, references, smoothing, max_order)
    lines = [*candidates, *chain.from_iterable(references)]
    tokens = iter(bleu_tokens(map(str.lower, lines) if lowercase else lines, tokeniser))
    cut_candidates = list(islice(tokens, len(candidates)))
    cut_references = [list(islice(tokens, len(own))) for own in references]
    orders = list(ngram_matches(cut_candidates, cut_references, max_order))
    length = sum(map(len, cut_candidates))
    pairs = zip(cut_candidates, cut_references, strict=True)
    wanted = sum(closest_length(len(candidate), map(len, own)) for candidate, own in pairs)
    matches = [int(order.matches.sum()) for order in orders]
    totals = [int(order.totals.sum()) for order in orders]
    penalty = brevity_penalty(length, wanted)
    if not any(matches):
        return BleuScore(0.0, (0.0,) * max_order, penalty, length, wanted)
    value = DEFAULT_VALUES[smoothing] if smooth_value is None else smooth_value
    precisions = smoothed_precisions(matches, totals, smoothing, value)
    if not effective_order:
        precisions += [0.0] * (max_order - len(precisions))
    score = 0.0
    if all(precisions):
        score = penalty * math.exp(sum(map(math.log, precisions)) / len(precisions))
    return BleuScore(score, tuple(precisions), penalty, length, wanted)


def sentence_bleu(
    candidate: str,
    references: Sequence[str],
    *,
    smoothing: Smoothing = "exp",
    smooth_value: float | None = None,
    tokeniser: BleuTokeniser = "13a",
    lowercase: bool = False,
    max_order: int = 4,
    effective_order: bool = True,
) -> BleuScore:
    """Return the BLEU of one candidate; the arguments are those of `corpus_bleu`.

    Without smoothing most sentences have 0, for want of a single matching 4-gram.

    >>> round(sentence_bleu("the cat sat down", ["the cat sat on the mat"]).score, 1)
    36.1
    """
    return corpus_bleu(
        [candidate],
        [references],
        smoothing=smoothing,
        smooth_value=smooth_value,
        tokeniser=tokeniser,
        lowercase=lowercase,
        max_order=max_order,
        effective_order=effective_order,
    )


def closest_length(length: int, reference_lengths: Iterable[int]) -> int:
    """Return the reference length that is closest, the shorter of two equally close ones."""
    return min(reference_lengths, key=lambda wanted: (abs(wanted - length), wanted))


def brevity_penalty(length: int, reference_length: int) -> float:
    """Return exp(1 - r/c) for candidates that are too short, else 1; 0 for nothing at all."""
    if length >= reference_length:
        return 1.0
    return math.exp(1 - reference_length / length) if length else 0.0


def smoothed_precisions(
    matches: Sequence[int], totals: Sequence[int], smoothing: Smoothing, value: float
) -> list[float]:
    """Return the precision of each order, 0 to 100, as far as there are n-grams of the order."""
    precisions: list[float] = []
    empty_orders = 0
    for order, (n_matches, n_total) in enumerate(zip(matches, totals, strict=True), start=1):
        matched, total = float(n_matches), float(n_total)
        if smoothing == "add-k" and order > 1:
            matched, total = matched + value, total + value
        if total == 0:
            break
        if matched == 0 and smoothing == "exp":
            empty_orders += 1
            matched = 0.5**empty_orders
        elif matched == 0 and smoothing == "floor":
            matched = value
        precisions.append(100 * matched / total)
    return precisions


def _check(
    candidates: Sequence[str],
    references: Sequence[Sequence[str]],
    smoothing: str,
    max_order: int,
) -> None:
    if smoothing not in DEFAULT_VALUES:
        names = ", ".join(map(repr, DEFAULT_VALUES))
        raise SettingError(f"smoothing must be one of {names}, got {smoothing!r}")
    if max_order < 1:
        raise SettingError(f"max_order must be at least 1, got {max_order}")
    check_references(candidates, references)
