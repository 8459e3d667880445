"""All ways to cut many words into pieces at once: their probabilities and the best of them.

A word of n characters has the places 0 to n; a piece that fits is an edge between two of them, and
a cut is a path from the first place to the last. Sums and maxima over all paths come from dynamic
programming, place by place (Kudo, 2018, section 3.2: EM over hidden segmentations). Here it goes
over the words side by side: all edges that end at their word's place 1, then at place 2, … .
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, repeat

import numpy as np
from jaxtyping import Float, Int

__all__ = ["Lattice", "substrings"]

Edges = Int[np.ndarray, " _"]
"""Numbers of edges, or what goes with each of them."""


class Lattice:
    """The pieces that fit into words, each word's last place reachable by single characters.

    Args:
        words: none of them empty.
        pieces: numbers of pieces; all characters of the words are among them.
        whole: whether a word of two characters or more may be a piece itself.

    Attributes:
        piece: the piece of each edge.
        word: its word.
    """

    def __init__(
        self, words: Sequence[str], pieces: Mapping[str, int], *, whole: bool = True
    ) -> None:
        longest = max(map(len, pieces))
        lengths = np.array([len(word) for word in words], dtype=np.int64)
        found = chain.from_iterable(substrings(word, longest) for word in words)
        piece = np.fromiter(map(pieces.get, found, repeat(-1)), dtype=np.int64)
        spans = np.concatenate([_spans(length, longest) for length in lengths.tolist()])
        word = np.repeat(np.arange(len(words)), [len(_spans(n, longest)) for n in lengths.tolist()])
        fits = piece >= 0
        if not whole:
            fits &= (spans[:, 1] - spans[:, 0] < lengths[word]) | (lengths[word] == 1)
        self._first = np.concatenate([[0], np.cumsum(lengths + 1)])[:-1]
        self._last = self._first + lengths
        self._n_places = int(lengths.sum() + len(words))
        self._take(np.column_stack([word, spans, piece])[fits])

    def only(self, pieces: Int[np.ndarray, " pieces"]) -> None:
        """Keep the edges of some pieces alone, and number these anew.

        Args:
            pieces: for each piece its new number, or -1.
        """
        table = np.stack([self.word, self._start, self._end, pieces[self.piece]], axis=1)
        self._take(table[table[:, 3] >= 0])

    def expected_counts(
        self, scores: Float[np.ndarray, " pieces"], frequencies: Float[np.ndarray, " words"]
    ) -> tuple[Float[np.ndarray, " pieces"], float]:
        """Return how often each piece is expected, and the log-likelihood of all words (nats).

        Args:
            scores: logarithms of the pieces' probabilities.
            frequencies: how often each word occurs.
        """
        weight = scores[self.piece]
        before = self._log_sums(weight, self._by_end, self._from, self._to, self._first)
        after = self._log_sums(weight, self._by_start, self._to, self._from, self._last)
        total = before[self._last]
        share = np.exp(before[self._from] + weight + after[self._to] - total[self.word])
        counts = np.bincount(self.piece, share * frequencies[self.word], len(scores))
        return counts, float(total @ frequencies)

    def best_cuts(self, scores: Float[np.ndarray, " pieces"]) -> Edges:
        """Return the edges of each word's most probable cut, those of a word side by side."""
        weight = scores[self.piece]
        best = np.full(self._n_places, -np.inf)
        best[self._first] = 0.0
        arrival = np.zeros(self._n_places, dtype=np.int64)
        for edges in self._by_end:
            totals = best[self._from[edges]] + weight[edges]
            highest, groups = _in_groups(np.maximum, totals, self._to[edges])
            best[self._to[edges]] = highest[groups]
            winners = edges[totals == highest[groups]]
            arrival[self._to[winners]] = winners
        chosen = [np.zeros(0, dtype=np.int64)]
        places, first = self._last, self._first
        while len(places):
            edges = arrival[places]
            chosen.append(edges)
            places = self._from[edges]
            inside = places > first
            places, first = places[inside], first[inside]
        found = np.concatenate(chosen)
        return found[np.lexsort((self._start[found], self.word[found]))]

    def _take(self, table: Int[np.ndarray, "edges 4"]) -> None:
        self.word, self._start, self._end, self.piece = table.T.copy()
        self._from = self._first[self.word] + self._start
        self._to = self._first[self.word] + self._end
        self._by_end = list(_levels(self._end, self._to))
        from_end = (self._last - self._first)[self.word] - self._start
        self._by_start = list(_levels(from_end, self._from))

    def _log_sums(
        self,
        weight: Float[np.ndarray, " edges"],
        levels: Sequence[Edges],
        behind: Edges,
        ahead: Edges,
        begin: Int[np.ndarray, " words"],
    ) -> Float[np.ndarray, " places"]:
        """Return for each place the log of the summed probabilities of all ways from `begin`."""
        sums = np.full(self._n_places, -np.inf)
        sums[begin] = 0.0
        for edges in levels:
            totals = sums[behind[edges]] + weight[edges]
            highest, groups = _in_groups(np.maximum, totals, ahead[edges])
            parts, _ = _in_groups(np.add, np.exp(totals - highest[groups]), ahead[edges])
            sums[ahead[edges]] = (highest + np.log(parts))[groups]
        return sums


def substrings(word: str, longest: int) -> list[str]:
    """Return all strings that a word contains, up to a length, as often as it does.

    >>> substrings("abc", longest=2)
    ['a', 'ab', 'b', 'bc', 'c']
    """
    length = len(word)
    return [
        word[start:end]
        for start in range(length)
        for end in range(start + 1, min(length, start + longest) + 1)
    ]


@cache
def _spans(length: int, longest: int) -> Int[np.ndarray, "substrings 2"]:
    """Return where the substrings of a word of this length begin and end."""
    spans = [
        (start, end)
        for start in range(length)
        for end in range(start + 1, min(length, start + longest) + 1)
    ]
    return np.array(spans, dtype=np.int64)


def _levels(level: Edges, place: Edges) -> Iterator[Edges]:
    """Yield the edges of each level, those of a place side by side."""
    order = np.lexsort((place, level))
    bounds = np.flatnonzero(np.diff(level[order])) + 1
    return iter(np.split(order, bounds))


def _in_groups(
    ufunc: np.ufunc, values: Float[np.ndarray, " edges"], place: Edges
) -> tuple[Float[np.ndarray, " groups"], Edges]:
    """Return what `ufunc` makes of the values of each place, and the group of each value."""
    changes = np.concatenate([[True], place[1:] != place[:-1]])
    reduced: Float[np.ndarray, " groups"] = ufunc.reduceat(values, np.flatnonzero(changes))
    return reduced, np.cumsum(changes) - 1
