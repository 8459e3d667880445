"""Multi-head attention: several attentions side by side, each in a projection of its own.

Vaswani et al., 2017, "Attention is all you need", section 3.2.2. Weights of
`torch.nn.MultiheadAttention` load as they are: `ours.load_state_dict(theirs.state_dict())`; its
packed `in_proj_weight` is split into those of `q_proj`, `k_proj` and `v_proj`. Left out of torch's:
`add_bias_kv`, `add_zero_attn`. Masks mean what they mean in `attention_masks`: True attends.

Everything is [batch, time, d_model].
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .attention import dot_product_attention
from .errors import SettingError
from .key_value_cache import KeyValueCache
from .masks import check_probability
from .rotary_positions import RotaryPositions

__all__ = ["MultiHeadAttention"]


class MultiHeadAttention(nn.Module):
    """Attention in `n_heads` heads of d_model / n_heads numbers each.

    d_model:    size of queries and of the output
    n_heads:    heads of queries
    n_kv_heads: heads of keys and values, each shared by n_heads / n_kv_heads of queries; None is
                as many as of queries, 1 is multi-query attention
    d_key:      size of the keys that come in; None is d_model
    d_value:    the same for values
    bias:       whether the four projections have one
    dropout:    probability of dropping a weight in training
    rotary:     turns queries and keys by their steps in self-attention
    generator:  where the dropout is drawn from; None is torch's own

    Raises SettingError: heads that do not divide d_model, or kv_heads that do not divide heads.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        *,
        n_kv_heads: int | None = None,
        d_key: int | None = None,
        d_value: int | None = None,
        bias: bool = True,
        dropout: float = 0.0,
        rotary: RotaryPositions | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        if n_heads < 1 or d_model % n_heads:
            raise SettingError(f"n_heads={n_heads} must divide d_model={d_model}")
        if n_kv_heads < 1 or n_heads % n_kv_heads:
            raise SettingError(f"n_kv_heads={n_kv_heads} must divide n_heads={n_heads}")
        self.n_heads, self.n_kv_heads, self.d_head = n_heads, n_kv_heads, d_model // n_heads
        d_shared = n_kv_heads * self.d_head
        self.q_proj = nn.Linear(d_model, d_model, bias)
        self.k_proj = nn.Linear(d_key or d_model, d_shared, bias)
        self.v_proj = nn.Linear(d_value or d_model, d_shared, bias)
        self.out_proj = nn.Linear(d_model, d_model, bias)
        self.dropout = check_probability("dropout", dropout)
        self.rotary = rotary
        self.generator = generator
        self.reset_parameters()
        self.register_load_state_dict_pre_hook(  # type: ignore[no-untyped-call]
            _unpack_torchs_weights
        )

    def reset_parameters(self) -> None:
        """Draw the weights anew, uniformly as Glorot and Bengio do; biases are zeros."""
        for linear in (self.q_proj, self.k_proj, self.v_proj, self.out_proj):
            nn.init.xavier_uniform_(linear.weight)
            if linear.bias is not None:
                nn.init.zeros_(linear.bias)

    def forward(
        self,
        query: Float[Tensor, "batch q_len d_model"],
        key: Float[Tensor, "batch k_len d_key"] | None = None,
        value: Float[Tensor, "batch k_len d_value"] | None = None,
        mask: Tensor | None = None,
        *,
        causal: bool = False,
        cache: KeyValueCache | None = None,
        need_weights: bool = False,
    ) -> tuple[
        Float[Tensor, "batch q_len d_model"], Float[Tensor, "batch n_heads q_len all_k"] | None
    ]:
        """Return what each query took, and the map of each head if it is needed.

        key:    what is looked at; None is `query`: self-attention
        value:  what is taken; None is `key`
        mask:   boolean (True attends) or additive, broadcast to [batch, heads, q_len, k_len]
        causal: whether keys later than the query are kept away
        cache:  in self-attention the new keys and values are added to it and all of them are
                looked at; with `key` it is filled once, and what is in it is used from then on

        The maps are those before dropout.
        """
        heads = self._heads(self.q_proj(query), self.n_heads)
        if key is None and self.rotary is not None:
            heads = self.rotary(heads, 0 if cache is None else len(cache))
        keys, values = self._keys_and_values(query, key, value, cache)
        output, weights = self.attend(heads, keys, values, mask, causal, need_weights)
        return self.out_proj(output.transpose(1, 2).flatten(2)), weights

    def attend(
        self,
        query: Float[Tensor, "batch n_heads q_len d_head"],
        key: Float[Tensor, "batch kv_heads k_len d_head"],
        value: Float[Tensor, "batch kv_heads k_len d_head"],
        mask: Tensor | None,
        causal: bool,
        need_weights: bool,
    ) -> tuple[
        Float[Tensor, "batch n_heads q_len d_head"],
        Float[Tensor, "batch n_heads q_len k_len"] | None,
    ]:
        """Return the attention of projected heads; layers with scores of their own change this."""
        return dot_product_attention(
            query,
            key,
            value,
            mask,
            causal=causal,
            dropout=self.dropout if self.training else 0.0,
            generator=self.generator,
            need_weights=need_weights,
        )

    def _keys_and_values(
        self, query: Tensor, key: Tensor | None, value: Tensor | None, cache: KeyValueCache | None
    ) -> tuple[Tensor, Tensor]:
        """Return the heads to look at and to take, through the cache if there is one."""
        if key is not None and cache is not None and len(cache):
            return cache.key, cache.value
        source = query if key is None else key
        keys = self._heads(self.k_proj(source), self.n_kv_heads)
        values = self._heads(self.v_proj(source if value is None else value), self.n_kv_heads)
        if key is None and self.rotary is not None:
            keys = self.rotary(keys, 0 if cache is None else len(cache))
        return (keys, values) if cache is None else cache.append(keys, values)

    def _heads(self, x: Tensor, n_heads: int) -> Float[Tensor, "batch heads time d_head"]:
        return x.view(*x.shape[:2], n_heads, self.d_head).transpose(1, 2)


def _unpack_torchs_weights(
    module: nn.Module,  # noqa: ARG001 - a hook is called with it
    state: dict[str, Any],
    prefix: str,
    *rest: Any,  # noqa: ARG001 - the same
) -> None:
    """Give the parameters of `torch.nn.MultiheadAttention` our names, in place."""
    for kind in ("weight", "bias"):
        packed = state.pop(f"{prefix}in_proj_{kind}", None)
        parts = (None,) * 3 if packed is None else packed.chunk(3)
        for letter, part in zip("qkv", parts, strict=True):
            alone = state.pop(f"{prefix}{letter}_proj_{kind}", part)
            if alone is not None:
                state[f"{prefix}{letter}_proj.{kind}"] = alone
