"""
ru: p принято за вероятность оставить число.
en: p is taken for the probability of keeping a number.
"""

FAILS = ["dropout_forward"]


class Dropout:
    def forward(self, input):
        if not self.training:
            return input
        self.scale = (self.rng.random(input.shape) < self.p).astype(input.dtype) / self.p
        return input * self.scale
