"""Prefix beam search: the likeliest texts of CTC, with a language model's word in it.

Hannun, Maas, Jurafsky, Ng, 2014, "First-pass large vocabulary continuous speech recognition using
bi-directional recurrent DNNs", algorithm 1. All alignments that read as the same beginning are
summed: those that end in a blank apart from those that end in its last symbol, since only after a
blank may that symbol come again. Beginnings are compared by

    log p(text | sound) + what a scorer adds

A beam that holds every beginning gives each text its exact probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from .errors import SettingError

__all__ = ["Hypothesis", "Scorer", "ctc_beam_search"]

Prefix = tuple[int, ...]
NEVER = -math.inf


@runtime_checkable
class Scorer(Protocol):
    """What is added to the score of a text, symbol by symbol; see `language_score`."""

    def step(self, prefix: Prefix, symbol: int, /) -> float:
        """Return what `symbol` after `prefix` adds."""

    def end(self, prefix: Prefix, /) -> float:
        """Return what is added when the text ends."""


class Hypothesis(NamedTuple):
    """A text that may have been said.

    Attributes:
        symbols: without blanks
        log_prob: natural logarithm of its probability, of all alignments that were followed
        score: the same with what the scorer adds
    """

    symbols: Prefix
    log_prob: float
    score: float


class _Beginning:
    """A prefix with the logarithms of its alignments that end in a blank, and that do not."""

    __slots__ = ("added", "blank", "symbol")

    def __init__(self, blank: float, symbol: float, added: float) -> None:
        self.blank, self.symbol, self.added = blank, symbol, added

    @property
    def log_prob(self) -> float:
        """Logarithm of the probability of the prefix."""
        return _log_add(self.blank, self.symbol)


def ctc_beam_search(
    log_probs: Float[Tensor, "time symbols"],
    *,
    beam_size: int = 16,
    scorer: Scorer | None = None,
    blank: int = 0,
    least: float = 1e-4,
) -> list[Hypothesis]:
    """Return the best texts of one input, the best one first.

    Args:
        log_probs: of each symbol in each frame.
        beam_size: beginnings that are kept after each frame.
        scorer: adds to the scores; None adds nothing.
        blank: number of the symbol that says nothing.
        least: symbols less probable than this are not tried in a frame, but for the likeliest; 0
            tries all. With fewer symbols to try, a frame takes less time.

    Raises SettingError: `beam_size` is below 1, or `least` is no probability.
    """
    if beam_size < 1 or not 0 <= least < 1:
        raise SettingError(
            f"beam_size must be at least 1 and least in [0, 1), got {beam_size} and {least}"
        )
    beam: dict[Prefix, _Beginning] = {(): _Beginning(0.0, NEVER, 0.0)}
    for frame in log_probs.tolist():
        tried = _worth_trying(frame, blank, least)
        extended: dict[Prefix, _Beginning] = {}
        for prefix, beginning in beam.items():
            _extend(extended, prefix, beginning, frame, tried, blank, scorer)
        best = sorted(extended.items(), key=_score, reverse=True)[:beam_size]
        beam = dict(best)
    hypotheses = [
        Hypothesis(
            prefix,
            beginning.log_prob,
            _score((prefix, beginning)) + (scorer.end(prefix) if scorer else 0.0),
        )
        for prefix, beginning in beam.items()
    ]
    return sorted(hypotheses, key=lambda hypothesis: hypothesis.score, reverse=True)


def _extend(
    extended: dict[Prefix, _Beginning],
    prefix: Prefix,
    beginning: _Beginning,
    frame: Sequence[float],
    tried: Iterable[int],
    blank: int,
    scorer: Scorer | None,
) -> None:
    """Put into `extended` what a beginning becomes in a frame."""
    total = beginning.log_prob
    last = prefix[-1] if prefix else blank
    same = extended.setdefault(prefix, _Beginning(NEVER, NEVER, beginning.added))
    same.blank = _log_add(same.blank, total + frame[blank])
    if prefix:
        same.symbol = _log_add(same.symbol, beginning.symbol + frame[last])
    for symbol in tried:
        longer = (*prefix, symbol)
        reached = (beginning.blank if symbol == last else total) + frame[symbol]
        if reached == NEVER:
            continue
        found = extended.get(longer)
        if found is None:
            added = beginning.added + (scorer.step(prefix, symbol) if scorer else 0.0)
            extended[longer] = _Beginning(NEVER, reached, added)
        else:
            found.symbol = _log_add(found.symbol, reached)


def _worth_trying(frame: Sequence[float], blank: int, least: float) -> list[int]:
    """Return the symbols that may come in a frame, without the blank."""
    bar = min(math.log(least) if least else NEVER, max(frame))
    return [symbol for symbol, value in enumerate(frame) if value >= bar and symbol != blank]


def _score(item: tuple[Prefix, _Beginning]) -> float:
    return item[1].log_prob + item[1].added


def _log_add(first: float, second: float) -> float:
    """Return log(exp(first) + exp(second))."""
    if first < second:
        first, second = second, first
    return first if second == NEVER else first + math.log1p(math.exp(second - first))
