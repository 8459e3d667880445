"""Biases by distance: numbers that are added to scores, so they are additive masks.

ALiBi: Press, Smith, Lewis, 2022, "Train short, test long", section 3: a head takes m · distance
off a score, with a slope m of its own; nothing is learned, and texts longer than those of training
are no trouble. T5: Raffel et al., 2020, "Exploring the limits of transfer learning", section 2.1:
a learned number for each head and bucket of distances; near distances have a bucket each, farther
ones share buckets that grow as powers, and all beyond `max_distance` are in one.

Queries are the last `q_len` of `k_len` steps, as in `causal_mask`.
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from .errors import SettingError

__all__ = ["T5Bias", "alibi_bias", "alibi_slopes", "distances", "t5_buckets"]


def distances(
    q_len: int, k_len: int, device: torch.device | None = None
) -> Int[Tensor, "q_len k_len"]:
    """Return the step of the key minus that of the query: below 0 is the past."""
    steps = torch.arange(k_len, device=device)
    return steps - torch.arange(k_len - q_len, k_len, device=device)[:, None]


def alibi_slopes(n_heads: int) -> Float[Tensor, " n_heads"]:
    """Return the slope of each head: 2^(-8/n), its square, …, 2^-8 when n is a power of two.

    Else those of the largest power of two below n come first, and then every other one of those of
    twice that power, as the authors' code has it.
    """
    power = 2 ** int(math.log2(n_heads))
    slopes = [2 ** (-8 * i / power) for i in range(1, power + 1)]
    slopes += [2 ** (-4 * i / power) for i in range(1, 2 * (n_heads - power), 2)]
    return torch.tensor(slopes)


def alibi_bias(
    n_heads: int, q_len: int, k_len: int | None = None, device: torch.device | None = None
) -> Float[Tensor, "n_heads q_len k_len"]:
    """Return -slope · |distance|; keys in the future, where they are seen, lose as those before.

    It is added to the mask that keeps them away: `combine_masks(alibi_bias(…), causal_mask(…))`.
    """
    far = distances(q_len, q_len if k_len is None else k_len, device).abs()
    return -alibi_slopes(n_heads).to(device)[:, None, None] * far


def t5_buckets(
    distance: Int[Tensor, "*shape"],
    n_buckets: int = 32,
    max_distance: int = 128,
    bidirectional: bool = True,
) -> Int[Tensor, "*shape"]:
    """Return the bucket of each distance (the key's step minus the query's).

    With `bidirectional` half of the buckets are for the future; else all of it is in bucket 0, and
    a mask is to keep it away. Half of the rest have one distance each.
    """
    if bidirectional:
        n_buckets //= 2
        future = (distance > 0).long() * n_buckets
        distance = distance.abs()
    else:
        future = torch.zeros_like(distance)
        distance = -distance.clamp(max=0)
    exact = n_buckets // 2
    # In float32, as weights were trained: where a bucket begins depends on the rounding.
    ratio = torch.log(distance.clamp(min=1).float() / exact) / math.log(max_distance / exact)
    shared = exact + (ratio * (n_buckets - exact)).long()
    return future + torch.where(distance < exact, distance, shared.clamp(max=n_buckets - 1))


class T5Bias(nn.Module):
    """A learned number for each head and bucket of distances.

    n_heads:       heads of attention
    n_buckets:     of distances, even
    max_distance:  steps from which on all are in the last bucket
    bidirectional: False for a decoder, where the future is one bucket

    The table is `weight`, [n_buckets, n_heads]: T5's `relative_attention_bias.weight`.

    Raises SettingError: too few buckets, or a distance within those that have one each.
    """

    def __init__(
        self,
        n_heads: int,
        n_buckets: int = 32,
        max_distance: int = 128,
        bidirectional: bool = True,
    ) -> None:
        super().__init__()
        exact = n_buckets // (4 if bidirectional else 2)
        if exact < 1 or max_distance <= exact:
            raise SettingError(
                f"n_buckets={n_buckets} has {exact} distances with a bucket each; it must have 1 "
                f"or more, and max_distance={max_distance} must be above it"
            )
        self.n_buckets, self.max_distance = n_buckets, max_distance
        self.bidirectional = bidirectional
        self.weight = nn.Parameter(torch.randn(n_buckets, n_heads))

    def forward(self, q_len: int, k_len: int | None = None) -> Float[Tensor, "n_heads q_len k_len"]:
        """Return the number of each head for each pair, to be added to the scores."""
        k_len = q_len if k_len is None else k_len
        distance = distances(q_len, k_len, self.weight.device)
        buckets = t5_buckets(distance, self.n_buckets, self.max_distance, self.bidirectional)
        return self.weight.T[:, buckets]
