"""
ru: Вначале кэш пуст, а не полон нулей.
en: At first the cache is empty, not full of zeros.
"""

FAILS = ["steps_kept"]


class StepCache:
    def extend(self, x):
        if self._kept is None:
            self._kept = x[:, :0]
        every = torch.cat((self._kept, x), dim=1)
        self._kept = every[:, every.shape[1] - self.steps :].detach()
        return every
