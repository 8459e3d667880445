"""
ru: Новым шагам видно только то, что будет храниться дальше.
en: New steps see only what will be kept on.
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
        return self._blocks
