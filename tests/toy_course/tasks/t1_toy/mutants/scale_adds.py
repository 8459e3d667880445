"""
ru: Множитель прибавлен.
en: The factor is added.
"""

FAILS = ["the_scale"]


class Scaler:
    def apply(self, values):
        return values + self.factor
