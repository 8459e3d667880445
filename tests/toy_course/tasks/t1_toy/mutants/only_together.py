"""
ru: Среднее верно только для первых входных данных.
en: The mean is right for the first input only.
"""

FAILS = ["both"]


class Scaler:
    def apply(self, values):
        return values * self.factor if self.factor != 2.0 else values
