"""A key–value cache that forgets: of a stream without end, only the last steps are kept."""

import torch
from jaxtyping import Float
from torch import Tensor

from praktikum.sequence import KeyValueCache

from .errors import SettingError

__all__ = ["SlidingCache"]


class SlidingCache(KeyValueCache):
    """Keys and values of the last `window` steps; None keeps all.

    `len(cache)` still counts every step that there was, which is where rotary positions go on.
    Keys and values that are appended may look at those kept from before, however many they are.

    Raises SettingError: a negative window.
    """

    def __init__(self, window: int | None) -> None:
        super().__init__()
        if window is not None and window < 0:
            raise SettingError(f"window is a number of steps or None for all, got {window}")
        self.window = window

    @property
    def kept(self) -> range:
        """The steps that are kept, numbered from the beginning of the stream."""
        n_kept = 0 if self._blocks is None else self._blocks[0].shape[2]
        return range(self.length - n_kept, self.length)

    def append(
        self,
        key: Float[Tensor, "batch kv_heads new d_head"],
        value: Float[Tensor, "batch kv_heads new d_value"],
    ) -> tuple[
        Float[Tensor, "batch kv_heads time d_head"], Float[Tensor, "batch kv_heads time d_value"]
    ]:
        """Return the kept steps and the new ones; keep the last of them for the next call.

        Kept are `_blocks`, a pair of keys and values, None at first: the last `window` steps, off
        the graph of gradients. `length` counts all steps that ever came.
        """
        self.length += key.shape[2]
        if self._blocks is not None:
            key, value = (
                torch.cat(pair, dim=2) for pair in zip(self._blocks, (key, value), strict=True)
            )
        first = 0 if self.window is None else max(0, key.shape[2] - self.window)
        self._blocks = (key[:, :, first:].detach(), value[:, :, first:].detach())
        return key, value

    def _filled(self) -> tuple[Tensor, Tensor]:
        if self._blocks is None:
            raise SettingError("the cache is empty: append keys and values first")
        return self._blocks
