"""
ru: Одна маска на весь батч: выключаются целые признаки.
en: One mask for the whole batch: whole features are switched off.
"""

import numpy as np

FAILS = ["dropout_forward"]


class Dropout:
    def forward(self, input):
        if not self.training:
            return input
        kept = self.rng.random(input.shape[1]) >= self.p
        self.scale = np.broadcast_to(kept, input.shape).astype(input.dtype) / (1 - self.p)
        return input * self.scale
