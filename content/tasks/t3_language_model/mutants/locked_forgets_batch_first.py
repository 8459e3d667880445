"""
ru: Первая ось всегда считается временем.
en: The first axis is always taken for time.
"""

FAILS = ["locked_mask"]


class LockedDropout:
    def dropped(self, input):
        one_step = input[:1]
        return input * dropout_mask(one_step, self.p, self.generator)
