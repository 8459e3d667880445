"""
ru: В обучении нормируют накопленные статистики.
en: In training the running statistics normalise.
"""

import numpy as np

FAILS = ["batch_norm_forward"]


class BatchNorm:
    def forward(self, input):
        if self.training:
            n, m = len(input), self.momentum
            mean, var = input.mean(axis=0), input.var(axis=0)
            self.running_mean = (1 - m) * self.running_mean + m * mean
            self.running_var = (1 - m) * self.running_var + m * var * n / (n - 1)
        mean, var = self.running_mean, self.running_var
        self.std = np.sqrt(var + self.eps)
        self.normalised = (input - mean) / self.std
        return self.gamma * self.normalised + self.beta
