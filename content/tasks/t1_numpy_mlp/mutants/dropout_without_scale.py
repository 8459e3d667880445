"""
ru: Выжившие числа не поделены на 1 − p.
en: The kept numbers are not divided by 1 − p.
"""

FAILS = ["dropout_forward"]


class Dropout:
    def forward(self, input):
        if not self.training:
            return input
        self.scale = (self.rng.random(input.shape) >= self.p).astype(input.dtype)
        return input * self.scale
