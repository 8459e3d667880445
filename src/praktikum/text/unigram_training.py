"""Unigram's pieces and their probabilities learnt from texts.

Kudo, 2018, "Subword regularization", section 3.2: begin with many pieces; find their probabilities
by expectation maximisation; drop those that the texts' likelihood misses least; again, until there
are so many as are wanted. Single characters stay, so that no word is unknown. As in SentencePiece
the M-step is Bayesian (digamma for the logarithm), which makes rare pieces rarer, and the loss of a
piece is what its own best cut costs in its place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from jaxtyping import Float
from scipy.special import digamma

from .bpe_training import count_words
from .errors import SettingError
from .normalisation import Normaliser, UnicodeNormaliser
from .pretokenisation import Metaspace
from .tokenizer import Tokenizer
from .unigram import Unigram
from .unigram_lattice import Lattice, substrings

__all__ = ["learn_unigram", "seed_pieces", "train_unigram"]

UNK = "<unk>"
EM_ROUNDS, SHRINKING, SPARE = 2, 0.75, 1.1
LEAST_EXPECTED = 0.5
"""Pieces that are expected less often are dropped."""

Scored = list[tuple[str, float]]


def train_unigram(
    texts: Iterable[str],
    vocab_size: int,
    *,
    special_tokens: Sequence[str] = (),
    normaliser: Normaliser | None = None,
    longest: int = 16,
    n_seeds: int = 200_000,
) -> Tokenizer:
    """Return a tokeniser that cuts words into their most probable pieces, learnt from texts.

    Args:
        texts: to learn from.
        vocab_size: how many tokens there are at most: ``<unk>``, special ones, then pieces.
        special_tokens: tokens with a meaning of their own.
        normaliser: NFKC by default.
        longest: characters of the longest pieces.
        n_seeds: how many pieces training begins with.

    Raises SettingError if `vocab_size` has no room for all characters.
    """
    normaliser, words = normaliser or UnicodeNormaliser("NFKC"), Metaspace()
    given = list(dict.fromkeys([UNK, *special_tokens]))
    counts = count_words(texts, words, normaliser)
    learnt = learn_unigram(counts, vocab_size - len(given), longest=longest, n_seeds=n_seeds)
    model = Unigram([(token, 0.0) for token in given] + learnt)
    return Tokenizer(model, words, normaliser, special_tokens=given)


def learn_unigram(
    word_counts: Mapping[str, int], n_pieces: int, *, longest: int = 16, n_seeds: int = 200_000
) -> Scored:
    """Return pieces and the logarithms of their probabilities (nats), the most probable first.

    Args:
        word_counts: words and how often each occurs.
        n_pieces: how many pieces there are at most.
        longest: characters of the longest pieces.
        n_seeds: how many pieces training begins with.

    Raises SettingError if `n_pieces` is less than the words have different characters.
    """
    n_characters = len(set().union(*word_counts))
    if n_pieces < n_characters:
        raise SettingError(
            f"of the vocabulary {n_pieces} tokens are left for pieces, which must have room for "
            f"{n_characters} characters"
        )
    if not word_counts:
        return []
    learner = _Learner(word_counts, seed_pieces(word_counts, longest, n_seeds))
    while True:
        for _ in range(EM_ROUNDS):
            learner.reestimate()
        if len(learner.pieces) <= n_pieces * SPARE:
            break
        learner.prune(max(int(n_pieces * SPARE), int(len(learner.pieces) * SHRINKING)))
    learner.prune(n_pieces)
    return learner.scored()


def seed_pieces(word_counts: Mapping[str, int], longest: int, n_seeds: int) -> dict[str, int]:
    """Return all characters and the strings that cover most of the texts, with their counts.

    A string that only ever stands in one longer by a character says nothing by itself and is left
    out, as ``retur`` in ``return``.
    """
    by_count: dict[int, list[str]] = defaultdict(list)
    for word, count in word_counts.items():
        by_count[count].append(word)
    counts: Counter[str] = Counter()
    for count, words in by_count.items():  # counted at once, words of equal counts are quick
        found = Counter(chain.from_iterable(substrings(word, longest) for word in words))
        counts.update({piece: times * count for piece, times in found.items()})
    characters = {piece: count for piece, count in counts.items() if len(piece) == 1}
    strings = {piece for piece, count in counts.items() if len(piece) > 1 and count > 1}
    ends = ((piece, part) for piece in strings for part in (piece[1:], piece[:-1]))
    strings -= {part for piece, part in ends if counts[part] == counts[piece]}
    ordered = sorted(strings, key=lambda piece: (-counts[piece] * len(piece), piece))
    return characters | {piece: counts[piece] for piece in ordered[:n_seeds]}


class _Learner:
    """Pieces, their scores, and how they fit into the words."""

    def __init__(self, word_counts: Mapping[str, int], seeds: Mapping[str, int]) -> None:
        self.pieces = list(seeds)
        covered = np.array([count * len(piece) for piece, count in seeds.items()], dtype=float)
        self.scores: Float[np.ndarray, " pieces"] = np.log(covered / covered.sum())
        self.frequencies = np.array(list(word_counts.values()), dtype=float)
        self.words = Lattice(list(word_counts), self._numbers())

    def reestimate(self) -> None:
        """Make one round of EM; pieces that are hardly expected any more are dropped."""
        expected, _ = self.words.expected_counts(self.scores, self.frequencies)
        kept = self._is_character() | (expected >= LEAST_EXPECTED)
        expected = np.maximum(expected, LEAST_EXPECTED)
        self.scores = digamma(expected) - digamma(expected[kept].sum())
        self._keep(kept)

    def prune(self, size: int) -> None:
        """Keep the `size` pieces without which the words would be least likely."""
        losses = self._losses()
        losses[self._is_character()] = np.inf
        kept = np.zeros(len(losses), dtype=bool)
        kept[np.argsort(-losses, kind="stable")[:size]] = True
        self._keep(kept & (losses > -np.inf))

    def scored(self) -> Scored:
        """Return pieces and scores, the most probable first.

        Rounded: readers of JSON may differ in a number's 16th digit, and so in equally good cuts.
        """
        pairs = zip(self.pieces, self.scores.round(6).tolist(), strict=True)
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))

    def _losses(self) -> Float[np.ndarray, " pieces"]:
        """Return by how much the log-likelihood falls without each piece; -∞ for unused ones.

        Approximately: wherever a piece stands in a word's best cut, the best cut of the piece
        itself takes its place, and adds to the counts of what that consists of.
        """
        n_pieces = len(self.pieces)
        best = self.words.best_cuts(self.scores)
        weight = self.frequencies[self.words.word[best]]
        counts = np.bincount(self.words.piece[best], weight, n_pieces)
        alone = Lattice(self.pieces, self._numbers(), whole=False)
        cut = alone.best_cuts(self.scores)
        of, part = alone.word[cut], alone.piece[cut]
        n_parts = np.bincount(of, minlength=n_pieces)
        total = counts.sum()
        with np.errstate(divide="ignore"):
            own = np.log(counts) - np.log(total)
            new_total = np.log(total + counts * (n_parts - 1))
            summed = np.bincount(of, np.log(counts[part] + counts[of]), n_pieces)
        with np.errstate(invalid="ignore"):  # unused pieces have no logarithm
            losses = counts * (own - (summed - n_parts * new_total))
        return np.where(counts > 0, losses, -np.inf)

    def _is_character(self) -> np.ndarray:
        return np.array([len(piece) == 1 for piece in self.pieces])

    def _numbers(self) -> dict[str, int]:
        return {piece: number for number, piece in enumerate(self.pieces)}

    def _keep(self, kept: np.ndarray) -> None:
        """Keep some pieces alone."""
        self.words.only(np.where(kept, np.cumsum(kept) - 1, -1))
        self.pieces = [piece for piece, keep in zip(self.pieces, kept, strict=True) if keep]
        self.scores = self.scores[kept]
