"""Batches of utterances said one after the other: short prompts become longer speech.

A recogniser that has heard single prompts only is lost in longer speech, and does not learn what
comes between sentences. So an epoch joins utterances by chance, in ones, twos and threes, say; a
batch is a list of tuples of indices, for a dataset that joins what it is asked for. What is about
as long comes together, so little of a batch is padding, and chance decides the order of batches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import cycle

import torch
from torch.utils.data import Sampler

from .errors import SettingError

__all__ = ["JoiningSampler"]


class JoiningSampler(Sampler[list[tuple[int, ...]]]):
    """Batches of tuples of indices, for `DataLoader(batch_sampler=…)`.

    Each index comes once an epoch, but for those that would make their tuple longer than `longest`:
    they are left out of this epoch.

    Args:
        lengths: of all utterances, in any unit.
        batch_size: tuples in a batch; the rest makes a smaller one.
        joins: how many utterances the tuples have, in turn; (1,) joins none.
        longest: of a tuple, in the unit of `lengths`; a single utterance may be longer.
        seed: of the order; the next epoch goes on from where the last one has left the generator.
    """

    def __init__(
        self,
        lengths: Sequence[float],
        batch_size: int,
        joins: Sequence[int] = (1,),
        longest: float = float("inf"),
        seed: int = 0,
    ) -> None:
        if batch_size < 1 or not joins or min(joins) < 1:
            raise SettingError(
                f"batch_size and joins must be at least 1, got {batch_size} and {list(joins)}"
            )
        self.lengths, self.batch_size, self.longest = lengths, batch_size, longest
        self.joins = tuple(joins)
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """Return how many batches there are, in any epoch the same."""
        return math.ceil(len(list(self._sizes())) / self.batch_size)

    def __iter__(self) -> Iterator[list[tuple[int, ...]]]:
        """Yield the batches of an epoch."""
        order = iter(self._permutation(len(self.lengths)))
        tuples = [self._shortened([next(order) for _ in range(size)]) for size in self._sizes()]
        tuples.sort(key=self._length)
        batches = [
            tuples[first : first + self.batch_size]
            for first in range(0, len(tuples), self.batch_size)
        ]
        yield from (batches[index] for index in self._permutation(len(batches)))

    def _sizes(self) -> Iterator[int]:
        """Yield how many utterances each tuple of an epoch has."""
        left = len(self.lengths)
        for size in cycle(self.joins):
            if not left:
                return
            yield min(size, left)
            left -= min(size, left)

    def _shortened(self, indices: list[int]) -> tuple[int, ...]:
        while len(indices) > 1 and self._length(indices) > self.longest:
            indices.pop()
        return tuple(indices)

    def _length(self, indices: Sequence[int]) -> float:
        return sum(self.lengths[index] for index in indices)

    def _permutation(self, n: int) -> list[int]:
        return [int(index) for index in torch.randperm(n, generator=self.generator)]
