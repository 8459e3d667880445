"""
ru: Накопленные статистики не обновляются.
en: The running statistics are never updated.
"""

import numpy as np

FAILS = ["batch_norm_running"]


class BatchNorm:
    def forward(self, input):
        if self.training:
            n, m = len(input), self.momentum
            mean, var = input.mean(axis=0), input.var(axis=0)
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.normalised = (input - mean) / self.std
        return self.gamma * self.normalised + self.beta
