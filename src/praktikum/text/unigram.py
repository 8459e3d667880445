"""Unigram: of all ways to cut a word the most probable one.

Kudo, 2018, "Subword regularization: improving neural network translation models with multiple
subword candidates", section 3.2: pieces are drawn independently, so a cut's probability is the
product of its pieces' (equation 6), and the best cut is found by the Viterbi algorithm. Training is
in `unigram_training`. Left out: sampling among cuts, and bytes for unknown characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .errors import SettingError
from .pretokenisation import SPACE_MARK

__all__ = ["Unigram"]

UNKNOWN_PENALTY = 10.0
"""By how much an unknown character is less probable than the rarest piece (nats)."""


class Unigram:
    """Words to the numbers of their most probable pieces.

    Args:
        pieces: each with the logarithm of its probability (nats), in the order of their numbers.
        unk_id: the number of what unknown characters become; some in a row are one token.

    >>> model = Unigram([("<unk>", 0.0), ("a", -1.0), ("b", -1.0), ("ab", -1.5)])
    >>> model("abba")
    [3, 2, 1]
    """

    def __init__(self, pieces: Sequence[tuple[str, float]], unk_id: int = 0) -> None:
        if not 0 <= unk_id < len(pieces):
            raise SettingError(f"unk_id={unk_id} must be one of the {len(pieces)} pieces")
        self.pieces, self.unk_id = list(pieces), unk_id
        self.vocabulary = {piece: number for number, (piece, _) in enumerate(pieces)}
        self._scores = dict(pieces)
        self._lengths = _lengths_by_beginning(self._scores)
        self._unknown_score = min(self._scores.values()) - UNKNOWN_PENALTY

    def __call__(self, word: str) -> list[int]:
        """Return the numbers of a word's most probable pieces."""
        ids: list[int] = []
        for piece in self.best_cut(word):
            number = self.vocabulary.get(piece, self.unk_id)
            if number != self.unk_id or ids[-1:] != [self.unk_id]:
                ids.append(number)
        return ids

    def best_cut(self, word: str) -> list[str]:
        """Return the most probable pieces of a word; unknown characters are pieces of one.

        From the left: the best cut that ends at a place goes on from the best that ends where its
        last piece begins.
        """
        length, scores = len(word), self._scores
        best = [0.0] + [float("-inf")] * length  # of the cuts that end at each place
        begins = [0] * (length + 1)  # where the last piece of the best one begins
        for start in range(length):
            here = best[start]
            for size in self._lengths.get(word[start : start + 3], (1, 2)):
                end = start + size
                if end > length:
                    break
                score = scores.get(word[start:end])
                if score is None:
                    if size > 1:
                        continue
                    score = self._unknown_score
                if here + score > best[end]:
                    best[end], begins[end] = here + score, start
        pieces: list[str] = []
        end = length
        while end:
            pieces.append(word[begins[end] : end])
            end = begins[end]
        return pieces[::-1]

    def text(self, tokens: Iterable[str]) -> str:
        """Return the text of pieces: marks are spaces again, but for that before the first word."""
        first, *others = [*tokens] or [""]
        return first.replace(SPACE_MARK, "") + "".join(others).replace(SPACE_MARK, " ")


def _lengths_by_beginning(pieces: Iterable[str]) -> dict[str, list[int]]:
    """Return how long pieces are that begin with the same three characters; 1 and 2 are tried too.

    Most places of a word begin few pieces: so few lengths are looked up there.
    """
    lengths: dict[str, set[int]] = {}
    for piece in pieces:
        if len(piece) > 2:
            lengths.setdefault(piece[:3], {1, 2}).add(len(piece))
    return {beginning: sorted(found) for beginning, found in lengths.items()}
