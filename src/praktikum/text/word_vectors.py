"""Vectors of words: whose is near, and what is to a as b is to c; from and to files like GloVe's.

A file has a line for each word: the word, and its numbers, with single spaces between them. The
first line of word2vec's text format (how many words, how many numbers) is allowed too.

Sources: Pennington, Socher, Manning, 2014, "GloVe: global vectors for word representation";
Mikolov, Yih, Zweig, 2013, "Linguistic regularities in continuous space word representations".
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from .errors import FormatError, ShapeError, UnknownToken

__all__ = ["WordVectors"]


class WordVectors:
    """Words and their vectors.

    Args:
        words: all different.
        vectors: of the words, in their order.
    """

    def __init__(self, words: Sequence[str], vectors: Float[np.ndarray, "words features"]) -> None:
        self.words, self.vectors = tuple(words), vectors
        self._index = {word: index for index, word in enumerate(self.words)}
        if not len(self._index) == len(self.words) == len(vectors):
            raise ShapeError(
                f"wanted a vector for each word, all different; got {len(self.words)} words, "
                f"{len(self._index)} different ones, and {len(vectors)} vectors"
            )
        lengths = np.sqrt(np.einsum("wf,wf->w", vectors, vectors, dtype=np.float64))
        self._directions = vectors / np.where(lengths > 0, lengths, 1)[:, None]

    def __contains__(self, word: object) -> bool:
        """Return whether the word has a vector."""
        return word in self._index

    def __len__(self) -> int:
        """Return how many words there are."""
        return len(self.words)

    def __getitem__(self, word: str) -> Float[np.ndarray, " features"]:
        """Return the vector of a word. Raises UnknownToken."""
        vector: np.ndarray = self.vectors[self._place(word)]
        return vector

    def similarity(self, first: str, second: str) -> float:
        """Return the cosine between two words. Raises UnknownToken."""
        return float(self._direction(first) @ self._direction(second))

    def nearest(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """Return the `n` words nearest to a word, with their cosines. Raises UnknownToken."""
        return self._nearest(self._direction(word), n, {word})

    def analogy(self, a: str, b: str, c: str, n: int = 1) -> list[tuple[str, float]]:
        """Return what is to c as b is to a: the words nearest to b - a + c, none of the three.

        Directions are added, not vectors (3CosAdd). Raises UnknownToken.
        """
        wanted = self._direction(b) - self._direction(a) + self._direction(c)
        return self._nearest(wanted / max(np.linalg.norm(wanted), 1e-12), n, {a, b, c})

    def matrix(
        self, tokens: Iterable[str], otherwise: Float[np.ndarray, "tokens features"]
    ) -> Float[np.ndarray, "tokens features"]:
        """Return the vectors of tokens, to begin an embedding with.

        A token without a vector is looked up in lower case, then keeps its row of `otherwise`.
        """
        filled = otherwise.copy()
        for row, token in enumerate(tokens):
            index = self._index.get(token, self._index.get(token.lower()))
            if index is not None:
                filled[row] = self.vectors[index]
        return filled

    def save(self, path: Path) -> None:
        """Write a file like GloVe's; numbers are as exact as their type."""
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for word, vector in zip(self.words, self.vectors, strict=True):
                file.write(" ".join([word, *(np.format_float_positional(x) for x in vector)]))
                file.write("\n")

    @classmethod
    def load(cls, path: Path, only: Container[str] | None = None) -> WordVectors:
        """Return what a file like GloVe's holds, in single precision.

        Args:
            path: of the file; it is read line by line.
            only: words to keep, so that of a large file little is held in memory.

        Raises:
            FormatError: a line has another count of numbers than the first, or none, or a word
                comes twice; the text names the line.
            OSError: the file cannot be read.
        """
        try:
            with path.open(encoding="utf-8", newline="\n") as file:
                rows = _rows(file, str(path), only)
        except UnicodeDecodeError as error:
            raise FormatError(f"{path}: is not a text in UTF-8: {error}") from error
        vectors = np.array(list(rows.values()), np.float32)
        return cls(list(rows), vectors.reshape(len(rows), -1) if rows else np.zeros((0, 0)))

    def _nearest(
        self, direction: Float[np.ndarray, " features"], n: int, without: set[str]
    ) -> list[tuple[str, float]]:
        cosines = self._directions @ direction  # (words,)
        order = np.argsort(-cosines, kind="stable")[: n + len(without)]
        found = [(self.words[i], float(cosines[i])) for i in order if self.words[i] not in without]
        return found[:n]

    def _direction(self, word: str) -> Float[np.ndarray, " features"]:
        direction: np.ndarray = self._directions[self._place(word)]
        return direction

    def _place(self, word: str) -> int:
        if word not in self._index:
            raise UnknownToken(f"{word!r} is not among the {len(self)} words that have a vector")
        return self._index[word]


def _rows(
    lines: Iterable[str], place: str, only: Container[str] | None
) -> dict[str, Float[np.ndarray, " features"]]:
    """Return the words of lines and their vectors; `place` is named in errors."""
    rows: dict[str, np.ndarray] = {}
    n_features = None
    for number, line in enumerate(lines, start=1):
        if number == 1 and _is_header(line):
            n_features = int(line.split()[1])
            continue
        parts = line.rstrip("\r\n").rstrip(" ").split(" ")
        n_features = n_features or len(parts) - 1
        word = " ".join(parts[:-n_features])  # GloVe's largest file has words with spaces
        if only is not None and word not in only:
            continue
        if word in rows:
            raise FormatError(f"{place}, line {number}: {word!r} comes a second time")
        rows[word] = _numbers(parts, n_features, f"{place}, line {number}")
    return rows


def _is_header(line: str) -> bool:
    parts = line.split()
    return len(parts) == 2 and all(part.isdigit() for part in parts)


def _numbers(parts: Sequence[str], n_features: int, place: str) -> Float[np.ndarray, " features"]:
    """Return the vector of a line; `place` is named in the error."""
    if len(parts) <= n_features or n_features < 1:
        raise FormatError(
            f"{place}: wanted a word and {max(n_features, 1)} numbers, got {len(parts)} parts"
        )
    try:
        return np.array([float(part) for part in parts[-n_features:]], np.float32)
    except ValueError as error:
        raise FormatError(
            f"{place}: wanted {n_features} numbers after the word: {error}"
        ) from error
