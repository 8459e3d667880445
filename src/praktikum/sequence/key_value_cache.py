"""A key–value cache: what a decoder saw at earlier steps is projected once and kept.

Without it the t-th word costs t projections; with it, one. The keys and values lie in one block
that doubles when it is full, so a step copies only what is new. What was written in place can't be
differentiated: a cache is for generation, under `torch.no_grad()`.
"""

from jaxtyping import Float, Int
from torch import Tensor

from .errors import SettingError

__all__ = ["KeyValueCache"]


class KeyValueCache:
    """Keys and values of one attention layer, for all steps so far: [batch, kv_heads, time, d].

    capacity: steps that there is room for at first; more room is made when it is needed

    `len(cache)` is the number of steps in it.
    """

    def __init__(self, capacity: int = 64) -> None:
        if capacity < 1:
            raise SettingError(f"capacity is a number of steps and must be 1 or more: {capacity}")
        self.capacity = capacity
        self.length = 0
        self._blocks: tuple[Tensor, Tensor] | None = None

    def __len__(self) -> int:
        return self.length

    @property
    def key(self) -> Float[Tensor, "batch kv_heads time d_head"]:
        """The keys so far, a view. Raises SettingError: the cache is empty."""
        return self._filled()[0]

    @property
    def value(self) -> Float[Tensor, "batch kv_heads time d_value"]:
        """The values so far, a view. Raises SettingError: the cache is empty."""
        return self._filled()[1]

    def append(
        self,
        key: Float[Tensor, "batch kv_heads new d_head"],
        value: Float[Tensor, "batch kv_heads new d_value"],
    ) -> tuple[
        Float[Tensor, "batch kv_heads time d_head"], Float[Tensor, "batch kv_heads time d_value"]
    ]:
        """Write new steps after those there are, and return all of them as views."""
        end = self.length + key.shape[2]
        if self._blocks is None or end > self.capacity:
            self._make_room(end, key, value)
        assert self._blocks is not None
        for block, new in zip(self._blocks, (key, value), strict=True):
            block[:, :, self.length : end] = new.detach()
        self.length = end
        return self._filled()

    def reorder(self, rows: Int[Tensor, " new_batch"]) -> None:
        """Take the sequences `rows` of the batch, as a beam search does when it drops some."""
        if self._blocks is not None:
            key, value = self._blocks
            self._blocks = (key.index_select(0, rows), value.index_select(0, rows))

    def selected(self, rows: Int[Tensor, " new_batch"]) -> "KeyValueCache":
        """Return a cache of its own for the sequences `rows`; this one stays as it is."""
        cache = KeyValueCache(self.capacity)
        cache.length, cache._blocks = self.length, self._blocks
        cache.reorder(rows)
        return cache

    def _filled(self) -> tuple[Tensor, Tensor]:
        if self._blocks is None:
            raise SettingError("the cache is empty: append keys and values first")
        key, value = self._blocks
        return key[:, :, : self.length], value[:, :, : self.length]

    def _make_room(self, wanted: int, *likes: Tensor) -> None:
        """Move what there is into blocks for `wanted` steps at least."""
        if self._blocks is not None:
            self.capacity *= 2
        self.capacity = max(self.capacity, wanted)
        key, value = (
            like.new_empty(*like.shape[:2], self.capacity, like.shape[3]) for like in likes
        )
        if self._blocks is not None:
            key[:, :, : self.length], value[:, :, : self.length] = self._filled()
        self._blocks = (key, value)
