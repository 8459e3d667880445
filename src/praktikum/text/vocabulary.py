"""Vocabulary: tokens and their numbers, both ways.

Numbers are given in a fixed order: the special tokens first, then by falling frequency, and by the
alphabet among equals; so the same texts always make the same vocabulary.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import SupportsInt

from .errors import FormatError, SettingError, UnknownToken

__all__ = ["EOS", "PAD", "SOS", "SPECIALS", "UNK", "Vocabulary"]

PAD, UNK, SOS, EOS = "<pad>", "<unk>", "<sos>", "<eos>"
SPECIALS = (PAD, UNK, SOS, EOS)


class Vocabulary:
    """Tokens in the order of their numbers, from 0.

    Args:
        tokens: all different.
        unk: what stands for tokens that are not there, itself among `tokens`; with None they are
            refused.

    >>> words = Vocabulary.build([["to", "be", "or", "not", "to", "be"]])
    >>> words.lookup_indices(["to", "be", "sure", "<eos>"])
    [5, 4, 1, 3]
    """

    def __init__(self, tokens: Sequence[str], unk: str | None = UNK) -> None:
        self.tokens = tuple(tokens)
        self.unk = unk
        self._index = {token: index for index, token in enumerate(self.tokens)}
        if len(self._index) < len(self.tokens):
            twice = [token for token, count in Counter(self.tokens).items() if count > 1]
            raise SettingError(f"tokens must all be different, came twice: {', '.join(twice[:5])}")
        if unk is not None and unk not in self._index:
            raise SettingError(f"unk={unk!r} must be among the tokens; add it, or pass unk=None")

    @classmethod
    def build(
        cls,
        texts: Iterable[Iterable[str]],
        *,
        specials: Sequence[str] = SPECIALS,
        min_freq: int = 1,
        max_size: int | None = None,
        unk: str | None = UNK,
    ) -> Vocabulary:
        """Return the vocabulary of tokenised texts.

        Args:
            texts: each a row of tokens.
            specials: tokens that come first, whether they occur or not.
            min_freq: how often a token must occur to be taken.
            max_size: how many tokens there are at most, with the special ones (so an embedding
                has as many rows); the most frequent are taken.
            unk: as for the class.
        """
        if min_freq < 1:
            raise SettingError(f"min_freq must be at least 1, got {min_freq}")
        if max_size is not None and max_size < len(specials):
            raise SettingError(
                f"max_size={max_size} must leave room for the {len(specials)} special tokens"
            )
        counts = Counter(token for text in texts for token in text)
        for special in specials:
            counts.pop(special, None)
        frequent = [token for token, count in counts.items() if count >= min_freq]
        frequent.sort(key=lambda token: (-counts[token], token))
        return cls([*specials, *frequent][:max_size], unk)

    def __len__(self) -> int:
        """Return how many tokens there are."""
        return len(self.tokens)

    def __iter__(self) -> Iterator[str]:
        """Yield the tokens in the order of their numbers."""
        return iter(self.tokens)

    def __contains__(self, token: object) -> bool:
        """Return whether the token itself has a number."""
        return token in self._index

    def __getitem__(self, token: str) -> int:
        """Return the number of a token, or of `unk`. Raises UnknownToken if there is no `unk`."""
        index = self._index.get(token)
        if index is not None:
            return index
        if self.unk is None:
            raise UnknownToken(f"{token!r} is not among the {len(self)} tokens, and unk is None")
        return self._index[self.unk]

    def lookup_indices(self, tokens: Iterable[str]) -> list[int]:
        """Return the numbers of tokens. Raises UnknownToken as ``[]`` does."""
        return [self[token] for token in tokens]

    def lookup_tokens(self, indices: Iterable[SupportsInt]) -> list[str]:
        """Return the tokens of numbers. Raises UnknownToken for a number out of range."""
        return [self._token(int(index)) for index in indices]

    def _token(self, index: int) -> str:
        if not 0 <= index < len(self):  # a negative one would count from the end
            raise UnknownToken(f"numbers of tokens are 0 to {len(self) - 1}, got {index}")
        return self.tokens[index]

    def save(self, path: Path) -> None:
        """Write the vocabulary as JSON; the file is there whole or not at all."""
        content = {"unk": self.unk, "tokens": self.tokens}
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False, indent=0)
            temporary.chmod(0o644)  # mkstemp's own is 0600
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Return what `save` wrote.

        Raises:
            FormatError: the file is not one of `save`.
            OSError: it cannot be read.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            tokens, unk = content["tokens"], content["unk"]
            if not isinstance(tokens, list) or not all(isinstance(t, str) for t in tokens):
                raise TypeError("'tokens' must be a list of strings")
            return cls(tokens, unk)
        except (ValueError, TypeError, KeyError) as error:
            raise FormatError(f"{path}: is not a saved vocabulary: {error}") from error
