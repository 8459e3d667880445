"""
ru: Dropout работает и в режиме применения.
en: Dropout works in evaluation too.
"""

FAILS = ["dropout_in_evaluation"]


class Dropout:
    def forward(self, input):
        kept = self.rng.random(input.shape) >= self.p
        self.scale = kept.astype(input.dtype) / (1 - self.p)
        return input * self.scale
