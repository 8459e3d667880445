"""
ru: В режиме применения нормирует батч.
en: In evaluation the batch normalises.
"""

import numpy as np

FAILS = ["batch_norm_in_evaluation"]


class BatchNorm:
    def forward(self, input):
        n, m = len(input), self.momentum
        mean, var = input.mean(axis=0), input.var(axis=0)
        if self.training:
            self.running_mean = (1 - m) * self.running_mean + m * mean
            self.running_var = (1 - m) * self.running_var + m * var * n / (n - 1)
        self.std = np.sqrt(var + self.eps)
        self.normalised = (input - mean) / self.std
        return self.gamma * self.normalised + self.beta
