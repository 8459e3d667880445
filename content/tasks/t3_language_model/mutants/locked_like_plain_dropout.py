"""
ru: Маска своя у каждого шага.
en: The mask is another at each step.
"""

FAILS = ["locked_mask"]


class LockedDropout:
    def dropped(self, input):
        one_step = input[:, :1] if self.batch_first else input[:1]
        return input * dropout_mask(input, self.p, self.generator)
