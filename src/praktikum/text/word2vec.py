"""word2vec: vectors of words from the words around them, by skip-gram or CBOW.

Mikolov et al., 2013, "Efficient estimation of word representations in vector space" and
"Distributed representations of words and phrases and their compositionality", equation 4: for a
centre w, a context c and k words n drawn at random, the loss is

    -log σ(u_c · v_w) - Σ log σ(-u_n · v_w)

Skip-gram has a loss for each word of the window; CBOW one for the mean of their vectors, the
centre being what is predicted. A word of relative frequency f is passed over with probability
1 - sqrt(t / f); the window's width is drawn from 1 to its limit, so near words count more; words
to contrast with are drawn in proportion to count^0.75.

The library's only training loop is the trainer's: here are examples and the loss. Left out:
hierarchical softmax, phrases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import Dataset

from .errors import SettingError

__all__ = [
    "CBOW",
    "SkipGram",
    "WindowBatch",
    "WindowDataset",
    "Word2Vec",
    "keep_probabilities",
    "negative_sampling_loss",
]


def negative_sampling_loss(
    given: Float[Tensor, "batch features"],
    wanted: Float[Tensor, "batch features"],
    noise: Float[Tensor, "batch negatives features"],
) -> Float[Tensor, ""]:
    """Return the mean of -log σ(wanted · given) - Σ log σ(-noise · given) over the batch."""
    positive = functional.logsigmoid((wanted * given).sum(dim=1))
    scores = torch.bmm(noise, given[:, :, None])[:, :, 0]  # (batch, negatives)
    return -(positive + functional.logsigmoid(-scores).sum(dim=1)).mean()


def keep_probabilities(
    counts: Int[np.ndarray, " words"], threshold: float
) -> Float[np.ndarray, " words"]:
    """Return for each word min(1, sqrt(t / f)), f being its share of all counts."""
    share = np.maximum(counts / counts.sum(), threshold)
    return np.asarray(np.sqrt(threshold / share))


class WindowBatch(NamedTuple):
    """Words, those around them, and words to contrast with.

    Where a window has fewer words than the widest, `mask` is 0.
    """

    centres: Int[Tensor, " batch"]
    contexts: Int[Tensor, "batch window"]
    mask: Float[Tensor, "batch window"]
    noise: Int[Tensor, "batch negatives"]


class WindowDataset(Dataset[int]):
    """Each place in the texts once an epoch; `collate` draws what is random about it.

    Args:
        texts: rows of numbers of tokens.
        n_words: size of the vocabulary.
        window: words at most on either side.
        negatives: words to contrast with, for each place.
        threshold: t of the subsampling; the smaller, the fewer of the frequent words are left.
        power: of the counts by which `negatives` are drawn.
        seed: of the draws.
    """

    def __init__(
        self,
        texts: Sequence[Sequence[int]],
        n_words: int,
        *,
        window: int = 5,
        negatives: int = 5,
        threshold: float = 1e-3,
        power: float = 0.75,
        seed: int = 0,
    ) -> None:
        if window < 1 or negatives < 1 or threshold <= 0:
            raise SettingError(
                "window and negatives must be at least 1 and threshold above 0, got "
                f"{window}, {negatives} and {threshold}"
            )
        self._tokens = np.array([token for text in texts for token in text], np.int64)
        self._text = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        if not len(self._tokens):
            raise SettingError("there are no words in the texts")
        counts = np.bincount(self._tokens, minlength=n_words)
        self._cumulative = np.cumsum(counts**power) / (counts**power).sum()
        self._keep = keep_probabilities(counts, threshold)
        self.window, self.negatives, self.seed = window, negatives, seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Draw which places are passed over; all draws depend on the seed and the epoch alone."""
        self._epoch = epoch
        drawn = np.random.default_rng((self.seed, epoch)).random(len(self._tokens))
        self._is_kept = drawn < self._keep[self._tokens]
        self._kept = np.flatnonzero(self._is_kept)
        self._rank = np.cumsum(self._is_kept) - 1  # of each kept place among the kept

    def __len__(self) -> int:
        """Return how many places there are, with those that are passed over."""
        return len(self._tokens)

    def __getitem__(self, index: int) -> int:
        """Return the place itself: windows are laid for a whole batch at once."""
        return index

    def collate(self, places: Sequence[int]) -> WindowBatch:
        """Return the windows around places, for `DataLoader(collate_fn=…)`.

        Places that are passed over are left out, as centres and before windows are laid.
        """
        rng = np.random.default_rng((self.seed, self._epoch, *places[:1]))
        left = np.asarray(places)[self._is_kept[places]]
        centre = self._rank[left][:, None]
        offsets = np.concatenate((np.arange(-self.window, 0), np.arange(1, self.window + 1)))
        around = (centre + offsets).clip(0, max(len(self._kept) - 1, 0))  # (batch, window)
        near = self._kept[around]
        inside = (centre + offsets == around) & (self._text[left][:, None] == self._text[near])
        width = rng.integers(1, self.window + 1, size=(len(left), 1))
        noise = np.searchsorted(
            self._cumulative, rng.random((len(left), self.negatives)), side="right"
        )
        return WindowBatch(
            torch.from_numpy(self._tokens[left]),
            torch.from_numpy(self._tokens[near]),
            torch.from_numpy((inside & (abs(offsets) <= width)).astype(np.float32)),
            torch.from_numpy(noise),
        )


class Word2Vec(nn.Module):
    """Two vectors for each word: v as what is given (`input`), u as what is wanted (`output`)."""

    def __init__(self, n_words: int, n_features: int) -> None:
        super().__init__()
        self.input = nn.Embedding(n_words, n_features)
        self.output = nn.Embedding(n_words, n_features)
        nn.init.uniform_(self.input.weight, -0.5 / n_features, 0.5 / n_features)
        nn.init.zeros_(self.output.weight)


class SkipGram(Word2Vec):
    """The centre is given, and each word around it is wanted."""

    def forward(self, batch: WindowBatch) -> Float[Tensor, ""]:
        """Return the mean loss over pairs of a centre and a word around it; 0 without pairs."""
        rows, columns = batch.mask.nonzero(as_tuple=True)  # (pairs,)
        if not len(rows):
            return self.output.weight.sum() * 0
        return negative_sampling_loss(
            self.input(batch.centres[rows]),
            self.output(batch.contexts[rows, columns]),
            self.output(batch.noise[rows]),
        )


class CBOW(Word2Vec):
    """The mean of the words around is given, and the centre is wanted."""

    def forward(self, batch: WindowBatch) -> Float[Tensor, ""]:
        """Return the mean loss over centres that have a word around them; 0 without any."""
        n_around = batch.mask.sum(dim=1)
        some = n_around > 0
        if not bool(some.any()):
            return self.output.weight.sum() * 0
        around = (self.input(batch.contexts) * batch.mask[:, :, None]).sum(dim=1)
        return negative_sampling_loss(
            around[some] / n_around[some, None],
            self.output(batch.centres[some]),
            self.output(batch.noise[some]),
        )
