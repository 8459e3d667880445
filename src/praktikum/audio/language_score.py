"""A language model's word in a beam search: n-grams over characters or over words.

What was heard is weighed against what is usually said: to the log-probability of a text, `weight`
times that of the language model is added, and `bonus` for each token, since every factor makes a
text less probable and short texts would be preferred. Hannun et al., 2014, equation 5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache

from praktikum.text.kneser_ney import KneserNey
from praktikum.text.ngrams import NgramCounts, NgramModel
from praktikum.text.vocabulary import EOS, SOS, Vocabulary

from .errors import SettingError

__all__ = ["CharacterScore", "WordScore", "character_model"]

Prefix = tuple[int, ...]
FLOOR = 1e-12  # an impossible token is only very improbable: what was heard may still win


def character_model(texts: Sequence[str], alphabet: str, order: int = 6) -> KneserNey:
    """Return n-grams of the characters of texts, which are made of an alphabet."""
    return KneserNey(NgramCounts(map(list, texts), Vocabulary.build([alphabet]), order))


class CharacterScore:
    """A `Scorer` by n-grams of the symbols themselves.

    model:  of n-grams whose tokens are among `symbols`
    symbols: by number, as the recogniser has them
    weight: of the language model
    bonus:  for each symbol
    """

    def __init__(
        self, model: NgramModel, symbols: Sequence[str], weight: float = 0.5, bonus: float = 0.0
    ) -> None:
        _check_weight(weight)
        self.symbols, self.weight, self.bonus = tuple(symbols), weight, bonus
        self._context, self._log_prob = model.counts.order - 1, _logarithms(model)

    def step(self, prefix: Prefix, symbol: int) -> float:
        """Return what a symbol adds after others."""
        return self.weight * self._after(prefix, self.symbols[symbol]) + self.bonus

    def end(self, prefix: Prefix) -> float:
        """Return what the end adds."""
        return self.weight * self._after(prefix, EOS)

    def _after(self, prefix: Prefix, token: str) -> float:
        near = prefix[max(0, len(prefix) - self._context) :]
        return self._log_prob(token, (SOS, *(self.symbols[symbol] for symbol in near)))


class WordScore:
    """A `Scorer` by n-grams of words, asked when a word is complete: at a space and at the end.

    model:  of n-grams of words
    symbols: by number, as the recogniser has them
    weight: of the language model
    bonus:  for each word
    space:  the symbol between words
    """

    def __init__(
        self,
        model: NgramModel,
        symbols: Sequence[str],
        weight: float = 0.5,
        bonus: float = 0.0,
        space: str = " ",
    ) -> None:
        _check_weight(weight)
        if space not in symbols:
            raise SettingError(f"space={space!r} must be among the symbols")
        self.symbols, self.weight, self.bonus, self.space = tuple(symbols), weight, bonus, space
        self._context, self._log_prob = model.counts.order - 1, _logarithms(model)

    def step(self, prefix: Prefix, symbol: int) -> float:
        """Return what a symbol adds after others: nothing within a word."""
        return self._word(prefix) if self.symbols[symbol] == self.space else 0.0

    def end(self, prefix: Prefix) -> float:
        """Return what the last word and the end add."""
        words = self._words(prefix)
        return self._word(prefix) + self.weight * self._log_prob(EOS, self._near(words))

    def _word(self, prefix: Prefix) -> float:
        """Return what the last word of a text adds; nothing after a space."""
        if not prefix or self.symbols[prefix[-1]] == self.space:
            return 0.0
        *before, word = self._words(prefix)
        return self.weight * self._log_prob(word, self._near(before)) + self.bonus

    def _words(self, prefix: Prefix) -> list[str]:
        return "".join(self.symbols[symbol] for symbol in prefix).split(self.space)

    def _near(self, words: Sequence[str]) -> tuple[str, ...]:
        marked = (SOS, *filter(None, words))
        return marked[max(0, len(marked) - self._context) :]


def _logarithms(model: NgramModel) -> Callable[[str, tuple[str, ...]], float]:
    """Return the model's log-probability of a token after a context, remembered."""

    @cache
    def log_prob(token: str, context: tuple[str, ...]) -> float:
        return math.log(max(model.probability(token, context), FLOOR))

    return log_prob


def _check_weight(weight: float) -> None:
    if weight < 0:
        raise SettingError(f"weight must be at least 0, got {weight}")
