"""WordPiece: BERT's tokeniser, given its vocabulary.

A word is cut from the left, each time into the longest piece that the vocabulary holds; pieces that
do not begin a word are written with ``##``. A word that cannot be cut so is unknown as a whole.
(Schuster, Nakajima, 2012, "Japanese and Korean voice search"; the greedy cut is that of Devlin et
al., 2019, "BERT".) How a vocabulary is trained: `wordpiece_training`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .errors import SettingError

__all__ = ["CONTINUED", "WordPiece"]

CONTINUED = "##"
"""What stands before a piece that does not begin its word."""

_GLUED = [(f" {sign}", sign) for sign in (".", "?", "!", ",")]
_GLUED += [(" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't")]
_GLUED += [(" 's", "'s"), (" 've", "'ve"), (" 're", "'re")]


class WordPiece:
    """Words to the numbers of their tokens, the longest first.

    Args:
        vocabulary: numbers of tokens.
        unk: what an unknown word becomes, itself in the vocabulary.
        max_word_length: longer words are unknown (characters).

    >>> vocabulary = {"[UNK]": 0, "un": 1, "##able": 2, "##aff": 3}
    >>> WordPiece(vocabulary)("unaffable")
    [1, 3, 2]
    """

    def __init__(
        self, vocabulary: Mapping[str, int], unk: str = "[UNK]", max_word_length: int = 100
    ) -> None:
        if unk not in vocabulary:
            raise SettingError(f"unk={unk!r} must be in the vocabulary of {len(vocabulary)} tokens")
        self.vocabulary, self.unk, self.max_word_length = dict(vocabulary), unk, max_word_length
        self._longest = max(map(len, vocabulary))

    def __call__(self, word: str) -> list[int]:
        """Return the numbers of a word's tokens."""
        unknown = [self.vocabulary[self.unk]]
        if len(word) > self.max_word_length:
            return unknown
        ids: list[int] = []
        start, prefix = 0, ""
        while start < len(word):
            end = self._end_of_longest(word, start, prefix)
            if end == start:
                return unknown
            ids.append(self.vocabulary[prefix + word[start:end]])
            start, prefix = end, CONTINUED
        return ids

    def text(self, tokens: Iterable[str]) -> str:
        """Return the words with spaces between them, none before punctuation and English endings.

        What the normaliser and the cuts took away does not come back.
        """
        pieces = []
        for place, token in enumerate(tokens):
            if place and token.startswith(CONTINUED):
                piece = token.removeprefix(CONTINUED)
            else:
                piece = f" {token}" if place else token
            for apart, glued in _GLUED:
                piece = piece.replace(apart, glued)
            pieces.append(piece)
        return "".join(pieces)

    def _end_of_longest(self, word: str, start: int, prefix: str) -> int:
        """Return where the longest known piece from `start` ends; `start` if there is none."""
        furthest = min(len(word), start + self._longest - len(prefix))
        ends = range(furthest, start, -1)
        return next((end for end in ends if prefix + word[start:end] in self.vocabulary), start)
