"""Batches of texts that are about as long as each other, so that little of a batch is padding.

Khomenko et al., 2016, "Accelerating recurrent neural network training using sequence bucketing and
multi-GPU data parallelization", in the form with a pool: chance decides what comes together in a
pool of many batches, length what comes together in a batch, and chance again in which order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch.utils.data import DataLoader, Sampler

from .errors import SettingError

__all__ = ["BucketSampler", "text_loader"]


class BucketSampler(Sampler[list[int]]):
    """Batches of indices, for `DataLoader(batch_sampler=…)`; each index comes once an epoch.

    Args:
        lengths: of all examples, tokens.
        batch_size: examples in a batch; the rest makes a smaller one.
        pool: batches that are drawn together and then sorted: 1 is plain shuffling; the more, the
            less padding and the less chance.
        seed: of the order; the next epoch goes on from where the last one has left the generator.
    """

    def __init__(
        self, lengths: Sequence[int], batch_size: int, pool: int = 50, seed: int = 0
    ) -> None:
        if batch_size < 1 or pool < 1:
            raise SettingError(
                f"batch_size and pool must be at least 1, got {batch_size} and {pool}"
            )
        self.lengths, self.batch_size, self.pool = lengths, batch_size, pool
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """Return how many batches there are."""
        return math.ceil(len(self.lengths) / self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches of an epoch."""
        order = self._permutation(len(self.lengths))
        size = self.pool * self.batch_size
        batches: list[list[int]] = []
        for start in range(0, len(order), size):
            pool = sorted(order[start : start + size], key=self.lengths.__getitem__)
            batches += (
                pool[first : first + self.batch_size]
                for first in range(0, len(pool), self.batch_size)
            )
        yield from (batches[index] for index in self._permutation(len(batches)))

    def _permutation(self, n: int) -> list[int]:
        return [int(index) for index in torch.randperm(n, generator=self.generator)]


def text_loader(
    examples: Sequence[Any],
    lengths: Sequence[int],
    collate: Callable[[list[Any]], Any],
    batch_size: int,
    pool: int,
    seed: int | None = None,
) -> DataLoader[Any]:
    """Return batches in the order of the examples; with a seed, shuffled in buckets.

    Args:
        examples: what is learnt from.
        lengths: of the examples, tokens.
        collate: makes a batch of a list of examples.
        batch_size: examples in a batch.
        pool: see `BucketSampler`.
        seed: of the order.
    """
    if seed is None:
        return DataLoader(examples, batch_size, collate_fn=collate)  # type: ignore[arg-type]
    buckets = BucketSampler(lengths, batch_size, pool, seed)
    return DataLoader(examples, batch_sampler=buckets, collate_fn=collate)  # type: ignore[arg-type]
