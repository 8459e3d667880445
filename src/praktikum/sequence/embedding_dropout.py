"""Embedding dropout: words of the vocabulary dropped, wherever in the batch they stand.

Gal, Ghahramani, 2016, "A theoretically grounded application of dropout in recurrent neural
networks", section 4.2: rows of the embedding matrix are zeroed as wholes, the rest scaled by
1 / (1 - p). A word that is dropped is dropped at all of its places, so a model cannot lean on it.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from .masks import check_probability, dropout_mask

__all__ = ["EmbeddingDropout"]


class EmbeddingDropout(nn.Module):
    """An embedding some words of which are nothing in training; otherwise the embedding itself.

    embedding: whose rows are looked up; its weights stay as they are
    p:         probability of dropping a word of the vocabulary
    generator: where masks are drawn from; None is torch's own
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        p: float = 0.1,
        *,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.p = check_probability("p", p)
        self.generator = generator

    def forward(self, tokens: Int[Tensor, "*shape"]) -> Float[Tensor, "*shape features"]:
        """Return the vectors of the tokens, in training `dropped`."""
        vectors: Tensor = self.embedding(tokens)
        return self.dropped(tokens, vectors) if self.training and self.p else vectors

    def dropped(
        self, tokens: Int[Tensor, "*shape"], vectors: Float[Tensor, "*shape features"]
    ) -> Float[Tensor, "*shape features"]:
        """Return the vectors of the tokens, zero where a word is dropped and scaled elsewhere.

        A mask of the vocabulary, [words, 1], is drawn by `dropout_mask` from `self.generator`.
        Only the vectors that were looked up are multiplied, not the whole matrix.
        """
        mask = dropout_mask(self.embedding.weight[:, :1], self.p, self.generator)  # (words, 1)
        return vectors * functional.embedding(tokens, mask)
