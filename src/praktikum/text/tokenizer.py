"""A tokeniser whole: normaliser, cuts, model and special tokens as one object.

    tokenizer = gpt2_tokenizer()
    ids = tokenizer.encode("Deep learning")      # [29744, 4673]
    tokenizer.decode(ids)                        # 'Deep learning'

A text goes through `normaliser` and `pre_tokeniser`, and its words through `model`; most words come
again, so their tokens are remembered. Special tokens that stand in a text are found before all this
and are never cut. `tokenizer_file` writes and reads all of it, `published_tokenizers` has those of
GPT-2 and BERT.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Protocol, SupportsInt, runtime_checkable

from .errors import SettingError, UnknownToken
from .normalisation import Normaliser
from .pretokenisation import PreTokeniser

__all__ = ["Model", "Tokenizer"]


@runtime_checkable
class Model(Protocol):
    """Words to tokens: `ByteBPE`, `WordPiece` or `Unigram`."""

    vocabulary: dict[str, int]

    def __call__(self, word: str) -> list[int]:
        """Return the numbers of a word's tokens."""

    def text(self, tokens: Iterable[str]) -> str:
        """Return the text of tokens."""


class Tokenizer:
    """Texts to numbers and back.

    Args:
        model: words to numbers.
        pre_tokeniser: text to words.
        normaliser: text to text, before the cuts.
        special_tokens: tokens with a meaning of their own, all in the model's vocabulary.
        start: the special token that goes before every text, if any.
        end: the one that goes after it, and after the second of two.
    """

    def __init__(
        self,
        model: Model,
        pre_tokeniser: PreTokeniser,
        normaliser: Normaliser | None = None,
        *,
        special_tokens: Sequence[str] = (),
        start: str | None = None,
        end: str | None = None,
    ) -> None:
        missing = [token for token in special_tokens if token not in model.vocabulary]
        if missing:
            raise SettingError(f"special tokens must be in the vocabulary: {', '.join(missing)}")
        for token in (start, end):
            if token is not None and token not in special_tokens:
                raise SettingError(f"{token!r} frames texts, so it must be a special token")
        self.model, self.pre_tokeniser, self.normaliser = model, pre_tokeniser, normaliser
        self.special_tokens, self.start, self.end = tuple(special_tokens), start, end
        self._before = [model.vocabulary[start]] if start is not None else []
        self._after = [model.vocabulary[end]] if end is not None else []
        self._tokens = {number: token for token, number in model.vocabulary.items()}
        self._special = _pattern_of(special_tokens)
        self._known = _KnownWords(model)

    @property
    def vocab_size(self) -> int:
        """How many numbers there are: the rows of an embedding."""
        return max(self._tokens) + 1

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The number of each token."""
        return self.model.vocabulary

    def encode(
        self, text: str, *, special_tokens: bool = True, max_length: int | None = None
    ) -> list[int]:
        """Return the numbers of a text.

        Args:
            text: to be encoded.
            special_tokens: whether `start` and `end` are put around it.
            max_length: how many numbers there are at most, with these; the text's end is cut.
        """
        before, after = (self._before, self._after) if special_tokens else ([], [])
        ids = self._plain(text)
        if max_length is not None:
            del ids[_room(max_length, len(before) + len(after)) :]
        return [*before, *ids, *after] if before or after else ids

    def encode_batch(
        self, texts: Iterable[str], *, special_tokens: bool = True, max_length: int | None = None
    ) -> list[list[int]]:
        """Return the numbers of each text, as `encode` does; the rows differ in length."""
        return [
            self.encode(text, special_tokens=special_tokens, max_length=max_length)
            for text in texts
        ]

    def encode_pair(
        self, first: str, second: str, *, max_length: int | None = None
    ) -> tuple[list[int], list[int]]:
        """Return the numbers of two texts, ``start first end second end``, and their segments.

        Segments are 0 up to the first `end`, then 1. Of a pair that is too long the longer text is
        shortened first.
        """
        one, two = self._plain(first), self._plain(second)
        if max_length is not None:
            room = _room(max_length, len(self._before) + 2 * len(self._after))
            _shorten(one, two, room)
        left = [*self._before, *one, *self._after]
        right = [*two, *self._after]
        return left + right, [0] * len(left) + [1] * len(right)

    def decode(self, ids: Iterable[SupportsInt], *, skip_special_tokens: bool = True) -> str:
        """Return the text of numbers. Raises UnknownToken for a number without a token."""
        tokens = self.lookup_tokens(ids)
        if skip_special_tokens:
            tokens = [token for token in tokens if token not in self.special_tokens]
        return self.model.text(tokens)

    def lookup_tokens(self, ids: Iterable[SupportsInt]) -> list[str]:
        """Return the tokens as the vocabulary writes them. Raises UnknownToken as `decode` does."""
        try:
            return [self._tokens[int(number)] for number in ids]
        except KeyError as error:
            raise UnknownToken(
                f"numbers of tokens are below {self.vocab_size}, got {error}"
            ) from error

    def _plain(self, text: str) -> list[int]:
        """Return the numbers of a text without its frame."""
        if self._special is None:
            return self._words(text)
        ids: list[int] = []
        for place, part in enumerate(self._special.split(text)):
            ids += [self.vocabulary[part]] if place % 2 else self._words(part)
        return ids

    def _words(self, text: str) -> list[int]:
        if self.normaliser is not None:
            text = self.normaliser(text)
        words = self.pre_tokeniser(text)
        return list(chain.from_iterable(map(self._known.__getitem__, words)))


class _KnownWords(dict[str, list[int]]):
    """Words and their numbers, asked from the model once; forgotten when there are too many."""

    MOST, LONGEST = 200_000, 256

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def __missing__(self, word: str) -> list[int]:
        ids = self.model(word)
        if len(word) <= self.LONGEST:
            if len(self) >= self.MOST:
                self.clear()
            self[word] = ids
        return ids


def _pattern_of(special_tokens: Sequence[str]) -> re.Pattern[str] | None:
    """Return what splits a text at special tokens and keeps them; of two the longer one."""
    if not special_tokens:
        return None
    longest_first = sorted(special_tokens, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, longest_first))})")


def _room(max_length: int, taken: int) -> int:
    if max_length < taken:
        raise SettingError(f"max_length={max_length} must leave room for {taken} special tokens")
    return max_length - taken


def _shorten(one: list[int], two: list[int], room: int) -> None:
    """Cut two texts to `room` numbers together: the longer one first, then both alike."""
    excess = len(one) + len(two) - room
    if excess <= 0:
        return
    shorter, longer = sorted((one, two), key=len)
    first_cut = min(excess, len(longer) - len(shorter))
    del longer[len(longer) - first_cut :]
    rest = excess - first_cut
    del two[len(two) - (rest + 1) // 2 :]
    del one[len(one) - rest // 2 :]
