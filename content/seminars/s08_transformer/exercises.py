"""Reference solutions of the exercises of seminar 8.

Each function is a hole: the student sees its signature and docstring. The batch comes first; heads
are [batch, heads, time, d_head]; in a mask True attends, as in `F.scaled_dot_product_attention`.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

__all__ = [
    "additive_attention",
    "cached_step",
    "decoder_mask",
    "multi_head_attention",
    "rotate",
    "scaled_attention",
    "sinusoidal_positions",
    "smoothed_cross_entropy",
    "transformer_layer",
]


def additive_attention(
    query: Float[Tensor, "batch d_query"],
    keys: Float[Tensor, "batch time d_key"],
    mask: Bool[Tensor, "batch time"],
    weight_query: Float[Tensor, "d_score d_query"],
    weight_key: Float[Tensor, "d_score d_key"],
    vector: Float[Tensor, " d_score"],
) -> tuple[Float[Tensor, "batch d_key"], Float[Tensor, "batch time"]]:
    """Return what a decoder's state takes from an encoder's states, and the weights of the states.

    The score of a key is ``vector · tanh(weight_query query + weight_key key)``, the weights are the
    softmax of the scores over time, and what is taken is the mean of the keys with these weights.
    Keys with a False in the mask have weight 0; each row of the mask has a True somewhere. No loop
    is needed.
    """
    meeting = torch.tanh((query @ weight_query.T)[:, None] + keys @ weight_key.T)
    scores = (meeting @ vector).masked_fill(~mask, -math.inf)  # (batch, time)
    weights = scores.softmax(dim=1)
    return (weights[:, None] @ keys)[:, 0], weights


def scaled_attention(
    query: Float[Tensor, "batch heads q_len d_head"],
    key: Float[Tensor, "batch heads k_len d_head"],
    value: Float[Tensor, "batch heads k_len d_value"],
    mask: Bool[Tensor, "#batch #heads q_len k_len"],
) -> Float[Tensor, "batch heads q_len d_value"]:
    """Return softmax(Q Kᵀ / √d_head) V, where each query sees the keys with a True in its row.

    The softmax is over keys. A query that sees no key gets zeros, and gradients stay finite then:
    no NaN reaches query, key or value. To be written without
    ``torch.nn.functional.scaled_dot_product_attention``.
    """
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[3])
    empty = ~mask.any(dim=3, keepdim=True)
    # an empty row is given ordinary scores for the softmax, and zeroed after it
    weights = scores.masked_fill(~mask & ~empty, -math.inf).softmax(dim=3)
    return weights.masked_fill(empty, 0.0) @ value


def multi_head_attention(
    query: Float[Tensor, "batch q_len d_model"],
    memory: Float[Tensor, "batch k_len d_model"],
    weight_query: Float[Tensor, "d_model d_model"],
    weight_key: Float[Tensor, "d_model d_model"],
    weight_value: Float[Tensor, "d_model d_model"],
    weight_out: Float[Tensor, "d_model d_model"],
    n_heads: int,
) -> Float[Tensor, "batch q_len d_model"]:
    """Return multi-head attention of the queries to the memory, without masks and biases.

    Queries, keys and values are projected as a linear layer does, ``x @ weight.T``. Head number h
    has the numbers h·d_head … (h+1)·d_head - 1 of each, d_head = d_model / n_heads, and attends by
    itself. What the heads took is put side by side in their order and projected by ``weight_out``.
    Inside a head ``torch.nn.functional.scaled_dot_product_attention`` may be used.
    """

    def split(x: Tensor) -> Tensor:
        return x.unflatten(2, (n_heads, -1)).transpose(1, 2)  # (batch, heads, time, d_head)

    weights = (weight_query, weight_key, weight_value)
    projected = [
        split(x @ weight.T) for x, weight in zip((query, memory, memory), weights, strict=True)
    ]
    taken = functional.scaled_dot_product_attention(*projected)
    return taken.transpose(1, 2).flatten(2) @ weight_out.T


def decoder_mask(
    lengths: Int[Tensor, " batch"], q_len: int, k_len: int
) -> Bool[Tensor, "batch 1 q_len k_len"]:
    """Return which keys each query of a decoder may see.

    The queries are the last ``q_len`` of ``k_len`` steps: the steps before them came earlier, and
    their keys are in a cache. A query sees the keys that aren't later than itself and aren't
    padding; sequence number b has the steps 0 … lengths[b] - 1, all after them is padding. Queries
    that are padding themselves are treated like all others.
    """
    steps = torch.arange(k_len)
    not_later = steps <= steps[k_len - q_len :, None]  # (q_len, k_len)
    real = steps < lengths[:, None]  # (batch, k_len)
    return not_later & real[:, None, None]


def sinusoidal_positions(time: int, d_model: int) -> Float[Tensor, "time d_model"]:
    """Return the sinusoids of the steps 0 … time - 1 in float64; ``d_model`` is even.

    At the even places 2i stand ``sin(t / 10000^(2i / d_model))``, at the odd places 2i + 1 the
    cosine of the same angle. No loop is needed.
    """
    exponents = torch.arange(0, d_model, 2, dtype=torch.float64) / d_model
    angles = torch.arange(time, dtype=torch.float64)[:, None] * 10_000**-exponents
    return torch.stack((angles.sin(), angles.cos()), dim=2).flatten(1)


def rotate(
    x: Float[Tensor, "batch heads time d_head"], start: int = 0
) -> Float[Tensor, "batch heads time d_head"]:
    """Return queries (or keys) with rotary positions; ``x[:, :, t]`` is the step start + t.

    Neighbouring numbers are pairs: (0, 1), (2, 3) …. Pair number i of step s is turned by the angle
    a = s / 10000^(2i / d_head): (x, y) becomes (x cos a - y sin a, x sin a + y cos a). Precision
    and order of the numbers stay as they were.
    """
    steps = torch.arange(start, start + x.shape[2], dtype=torch.float64)
    exponents = torch.arange(0, x.shape[3], 2, dtype=torch.float64) / x.shape[3]
    angles = steps[:, None] * 10_000**-exponents  # (time, pairs)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    first, second = x[..., ::2], x[..., 1::2]
    turned = (first * cos - second * sin, first * sin + second * cos)
    return torch.stack(turned, dim=-1).flatten(3)


def transformer_layer(
    x: Float[Tensor, "batch time d_model"],
    attend: Callable[[Tensor], Tensor],
    feed_forward: Callable[[Tensor], Tensor],
    norm1: Callable[[Tensor], Tensor],
    norm2: Callable[[Tensor], Tensor],
    norm_first: bool,
) -> Float[Tensor, "batch time d_model"]:
    """Return the output of an encoder layer made of the given blocks.

    First comes attention with ``norm1``, then the feed-forward block with ``norm2``. Each block has
    a residual way around it. Post-norm normalises the sum of the block's input and output;
    pre-norm (``norm_first``) normalises what goes into the block and nothing else.
    """
    for block, norm in ((attend, norm1), (feed_forward, norm2)):
        x = x + block(norm(x)) if norm_first else norm(x + block(x))
    return x


def cached_step(
    x: Float[Tensor, "batch d_model"],
    cache: tuple[Float[Tensor, "batch past d_model"], Float[Tensor, "batch past d_model"]] | None,
    weight_query: Float[Tensor, "d_model d_model"],
    weight_key: Float[Tensor, "d_model d_model"],
    weight_value: Float[Tensor, "d_model d_model"],
) -> tuple[
    Float[Tensor, "batch d_model"],
    tuple[Float[Tensor, "batch steps d_model"], Float[Tensor, "batch steps d_model"]],
]:
    """Return the output of causal self-attention for one new step, and the cache after it.

    Queries, keys and values are ``x @ weight.T``; there is one head, and scores are divided by
    √d_model. The cache holds the keys and the values of all steps before, oldest first; None is
    that there were none. The new step sees them and itself. Only ``x`` is projected: what is in the
    cache is taken as it is. The cache that was given is not changed.
    """
    new_key, new_value = (x @ weight_key.T)[:, None], (x @ weight_value.T)[:, None]
    if cache is None:
        keys, values = new_key, new_value
    else:
        keys, values = torch.cat((cache[0], new_key), 1), torch.cat((cache[1], new_value), 1)
    query = (x @ weight_query.T)[:, None]  # (batch, 1, d_model)
    scores = query @ keys.transpose(1, 2) / math.sqrt(x.shape[1])
    return (scores.softmax(dim=2) @ values)[:, 0], (keys, values)


def smoothed_cross_entropy(
    logits: Float[Tensor, "batch time words"],
    target: Int[Tensor, "batch time"],
    smoothing: float,
    padding: int,
) -> Float[Tensor, ""]:
    """Return the cross-entropy with smoothed labels, a mean over the tokens that aren't padding.

    With ε = ``smoothing``, a token's loss is the cross-entropy with a distribution that has 1 - ε
    at the right word and ε spread evenly over *all* words, the right one included. Tokens whose
    target is the number ``padding`` count neither in the sum nor in the number of tokens. Logits of
    ±1000 must not give infinity. Gradients flow to the logits. To be written without
    ``cross_entropy`` and its relatives.
    """
    losses = -logits.log_softmax(dim=2)  # (batch, time, words)
    of_target = losses.gather(2, target[:, :, None])[:, :, 0]
    smoothed = (1 - smoothing) * of_target + smoothing * losses.mean(dim=2)
    return smoothed[target != padding].mean()
