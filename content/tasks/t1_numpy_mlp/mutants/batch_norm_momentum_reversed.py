"""
ru: momentum — вес старой статистики, а не новой.
en: momentum is the weight of the old statistics, not of the new ones.
"""

import numpy as np

FAILS = ["batch_norm_running"]


class BatchNorm:
    def forward(self, input):
        if self.training:
            n, m = len(input), self.momentum
            mean, var = input.mean(axis=0), input.var(axis=0)
            self.running_mean = m * self.running_mean + (1 - m) * mean
            self.running_var = m * self.running_var + (1 - m) * var * n / (n - 1)
        else:
            mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.normalised = (input - mean) / self.std
        return self.gamma * self.normalised + self.beta
