"""
ru: Считаются только шаги, которые хранятся.
en: Only the steps that are kept are counted.
"""

FAILS = ["keys_kept"]


class SlidingCache:
    def append(self, key, value):
        self.length += key.shape[2]
        if self._blocks is not None:
            key, value = (
                torch.cat(pair, dim=2) for pair in zip(self._blocks, (key, value), strict=True)
            )
        first = 0 if self.window is None else max(0, key.shape[2] - self.window)
        self._blocks = (key[:, :, first:].detach(), value[:, :, first:].detach())
        self.length = self._blocks[0].shape[2]
        return (key, value)
