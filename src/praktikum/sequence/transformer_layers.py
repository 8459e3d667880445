"""The two layers of a Transformer: an encoder's and a decoder's.

Vaswani et al., 2017, "Attention is all you need", section 3.1: each block (attention, feed-forward)
has a residual way around it and a normalisation of layers. Post-norm, the paper's, normalises the
sum: norm(x + block(x)); deep stacks need a warm-up of the learning rate then. Pre-norm (Xiong et
al., 2020, "On layer normalization in the Transformer architecture") normalises what goes into the
block: x + block(norm(x)); the way around stays clear from end to end.

Names of parameters are those of `torch.nn.TransformerEncoderLayer` and `…DecoderLayer`, whose
weights load as they are. BERT, GPT-2 and ViT are stacks of the encoder's layer, with another
activation and, in GPT, a mask that hides what comes later: a decoder with no encoder to look at.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from .activations import activation_named
from .key_value_cache import KeyValueCache
from .masks import check_probability, dropout_mask
from .multihead_attention import MultiHeadAttention

__all__ = ["DecoderCache", "DecoderLayer", "EncoderLayer", "ResidualLayer"]


class DecoderCache(NamedTuple):
    """What one decoder layer keeps between the steps of a generation."""

    self_attn: KeyValueCache
    cross_attn: KeyValueCache

    def reorder(self, rows: Int[Tensor, " new_batch"]) -> None:
        """Take the sequences `rows` of the batch, as a beam search does when it drops some."""
        self.self_attn.reorder(rows)
        self.cross_attn.reorder(rows)


class ResidualLayer(nn.Module):
    """What both layers have: self-attention, the feed-forward block, dropout and ways around.

    d_model:             size of what goes through
    n_heads:             heads of attention
    d_feedforward:       size of the hidden layer between the two linear ones
    dropout:             probability of dropping a number that a block adds
    norm_first:          pre-norm; False is the paper's post-norm
    activation:          what the hidden layer goes through, a name of `activations`
    eps:                 what normalisation adds to the variance
    attention_dropout:   probability of dropping a weight of attention; None is `dropout`
    feedforward_dropout: the same of a number of the hidden layer
    generator:           where the dropout is drawn from; None is torch's own
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_feedforward: int = 2048,
        dropout: float = 0.1,
        norm_first: bool = False,
        activation: str = "relu",
        eps: float = 1e-5,
        attention_dropout: float | None = None,
        feedforward_dropout: float | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.p = check_probability("dropout", dropout)
        inner = dropout if feedforward_dropout is None else feedforward_dropout
        self.feedforward_p = check_probability("feedforward_dropout", inner)
        self.attention_p = dropout if attention_dropout is None else attention_dropout
        self.norm_first = norm_first
        self.activation = activation_named(activation)
        self.generator = generator
        self.self_attn = MultiHeadAttention(
            d_model, n_heads, dropout=self.attention_p, generator=generator
        )
        self.linear1 = nn.Linear(d_model, d_feedforward)
        self.linear2 = nn.Linear(d_feedforward, d_model)
        self.norm1 = nn.LayerNorm(d_model, eps)
        self.norm2 = nn.LayerNorm(d_model, eps)

    def drop(self, x: Float[Tensor, "*shape"], p: float | None = None) -> Float[Tensor, "*shape"]:
        """Return `x` with numbers dropped in training, with probability `p` (None: `dropout`)."""
        p = self.p if p is None else p
        if not self.training or not p:
            return x
        return x * dropout_mask(x, p, self.generator)

    def around(
        self, x: Tensor, norm: nn.Module, block: Callable[[Tensor], Tensor]
    ) -> Float[Tensor, "batch time d_model"]:
        """Return `x` and what the block makes of it, added and normalised in the layer's order."""
        if self.norm_first:
            return x + self.drop(block(norm(x)))
        normalised: Tensor = norm(x + self.drop(block(x)))
        return normalised

    def feed_forward(
        self, x: Float[Tensor, "batch time d_model"]
    ) -> Float[Tensor, "batch time d_model"]:
        """Return W₂ activation(W₁ x + b₁) + b₂, for each step by itself."""
        hidden = self.activation(self.linear1(x))
        output: Tensor = self.linear2(self.drop(hidden, self.feedforward_p))
        return output


class EncoderLayer(ResidualLayer):
    """Self-attention and a feed-forward block; settings are those of `ResidualLayer`."""

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        mask: Tensor | None = None,
        *,
        causal: bool = False,
        cache: KeyValueCache | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch time d_model"], Float[Tensor, "batch n_heads time all_time"] | None
    ]:
        """Return what comes out of the layer, and the maps of its heads if they are needed.

        mask:   boolean (True attends) or additive, broadcast to [batch, heads, time, all_time]
        causal: whether a step is kept from looking at later ones
        cache:  of the steps before; `x` are the new ones then, and all_time counts both
        """
        maps = None

        def attend(x: Tensor) -> Tensor:
            nonlocal maps
            output: Tensor
            output, maps = self.self_attn(
                x, mask=mask, causal=causal, cache=cache, need_weights=need_weights
            )
            return output

        x = self.around(x, self.norm1, attend)
        return self.around(x, self.norm2, self.feed_forward), maps


class DecoderLayer(ResidualLayer):
    """Causal self-attention, attention to the encoder's output, a feed-forward block.

    Settings are those of `ResidualLayer`.
    """

    def __init__(self, d_model: int, n_heads: int, **settings: Any) -> None:
        super().__init__(d_model, n_heads, **settings)
        self.multihead_attn = MultiHeadAttention(
            d_model, n_heads, dropout=self.attention_p, generator=self.generator
        )
        self.norm3 = nn.LayerNorm(d_model, self.norm1.eps)

    def forward(
        self,
        x: Float[Tensor, "batch time d_model"],
        memory: Float[Tensor, "batch memory_len d_model"],
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        *,
        cache: DecoderCache | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch time d_model"], Float[Tensor, "batch n_heads time memory_len"] | None
    ]:
        """Return what comes out of the layer, and the maps of its look at memory if needed.

        memory:      what the encoder gave
        mask:        of self-attention, besides the causal one that is always there
        memory_mask: of the look at memory, broadcast to [batch, heads, time, memory_len]
        cache:       of the steps before; `x` are the new ones then
        """
        maps = None
        own, cross = cache if cache is not None else (None, None)

        def look_back(x: Tensor) -> Tensor:
            output: Tensor = self.self_attn(x, mask=mask, causal=True, cache=own)[0]
            return output

        def look_at_memory(x: Tensor) -> Tensor:
            nonlocal maps
            output: Tensor
            output, maps = self.multihead_attn(
                x, memory, mask=memory_mask, cache=cross, need_weights=need_weights
            )
            return output

        x = self.around(x, self.norm1, look_back)
        x = self.around(x, self.norm2, look_at_memory)
        return self.around(x, self.norm3, self.feed_forward), maps
