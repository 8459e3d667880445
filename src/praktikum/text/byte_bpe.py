"""Byte-level byte-pair encoding: GPT-2's tokeniser, given its vocabulary and merges.

Sennrich, Haddow, Birch, 2016, "Neural machine translation of rare words with subword units",
algorithm 1: a word begins as its symbols, and of the pairs of neighbours that were merged in
training the one that was merged first is merged, until none is left. Radford et al., 2019,
"Language models are unsupervised multitask learners", section 2.2: the symbols are bytes, of which
there are 256, so there is no unknown word in any language.

Files of tokens are text, so each byte is written as a character that can be seen (`BYTE_SIGNS`): a
space is ``Ġ``. Training is in `bpe_training`, its steps one by one in `bpe_steps`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from .errors import FormatError, SettingError

__all__ = ["BYTE_SIGNS", "ByteBPE", "Pair", "to_signs"]

Pair = tuple[str, str]
"""Two tokens that stand side by side."""


def _byte_signs() -> tuple[str, ...]:
    """Return for each byte its sign: itself where it can be seen, else a character from U+0100."""
    seen = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return tuple(chr(byte) if byte in seen else chr(next(others)) for byte in range(256))


BYTE_SIGNS = _byte_signs()
"""The character that stands for each of the 256 bytes in files of tokens."""

_SIGN_OF = dict(enumerate(BYTE_SIGNS))
_BYTE_OF = {ord(sign): byte for byte, sign in enumerate(BYTE_SIGNS)}


def to_signs(word: str) -> str:
    """Return the bytes of a word in UTF-8, each as its sign.

    >>> to_signs(" é")
    'ĠÃ©'
    """
    return word.encode().decode("latin-1").translate(_SIGN_OF)


class ByteBPE:
    """Words to the numbers of their tokens by merges.

    Args:
        vocabulary: numbers of tokens; all of `BYTE_SIGNS` are among them.
        merges: pairs in the order in which training merged them.

    Raises SettingError where the vocabulary lacks a byte or what a merge makes.
    """

    def __init__(self, vocabulary: Mapping[str, int], merges: Sequence[Pair]) -> None:
        self.vocabulary, self.merges = dict(vocabulary), list(merges)
        missing = [sign for sign in BYTE_SIGNS if sign not in self.vocabulary]
        if missing:
            raise SettingError(
                f"the vocabulary must hold all 256 signs of bytes, lacks {len(missing)}: "
                f"{' '.join(missing[:5])}"
            )
        try:
            number = self.vocabulary.__getitem__
            self._merged = {
                (number(left), number(right)): (rank, number(left + right))
                for rank, (left, right) in enumerate(merges)
            }
        except KeyError as error:
            raise SettingError(f"a merge needs {error}, which the vocabulary lacks") from error
        self._byte_ids = [self.vocabulary[sign] for sign in BYTE_SIGNS]

    def __call__(self, word: str) -> list[int]:
        """Return the numbers of a word's tokens; no merge reaches beyond the word."""
        symbols: list[int] = [self._byte_ids[byte] for byte in word.encode()]
        return self._merge(symbols)

    def text(self, tokens: Iterable[str]) -> str:
        """Return the text of tokens; bytes that are no UTF-8 become U+FFFD."""
        signs = "".join(tokens)
        try:
            return signs.translate(_BYTE_OF).encode("latin-1").decode("utf-8", "replace")
        except UnicodeEncodeError as error:
            raise FormatError(f"{signs[error.start]!r} in a token is no sign of a byte") from error

    def _merge(self, symbols: list[int]) -> list[int]:
        """Merge the pair of the lowest rank, of equals the leftmost, until none is known.

        Merged symbols stay in the place of their left one; the right one's place is marked with -1.
        The heap holds pairs that were seen; those that are gone since are passed over.
        """
        end = len(symbols)
        before, after = list(range(-1, end - 1)), list(range(1, end + 1))
        known = self._merged.get
        heap = [
            (merge[0], place, merge[1], pair)
            for place, pair in enumerate(pairwise(symbols))
            if (merge := known(pair))
        ]
        heapq.heapify(heap)
        while heap:
            _, place, made, pair = heapq.heappop(heap)
            right = after[place]
            if right == end or (symbols[place], symbols[right]) != pair:
                continue
            symbols[place], symbols[right] = made, -1
            following = after[place] = after[right]
            if following < end:
                before[following] = place
                new = (made, symbols[following])
                if merge := known(new):
                    heapq.heappush(heap, (merge[0], place, merge[1], new))
            if (previous := before[place]) >= 0:
                new = (symbols[previous], made)
                if merge := known(new):
                    heapq.heappush(heap, (merge[0], previous, merge[1], new))
        return [symbol for symbol in symbols if symbol >= 0]
