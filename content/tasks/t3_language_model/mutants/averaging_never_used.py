"""
ru: Среднее копится, но не применяется.
en: The mean is gathered, but not used.
"""

FAILS = ["mean_in_evaluation"]


class AveragedWeights:
    def forward(self, *inputs, **keywords):
        return self.module(*inputs, **keywords)
