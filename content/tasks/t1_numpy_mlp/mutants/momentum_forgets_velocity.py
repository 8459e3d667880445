"""
ru: Скорость каждый раз начинается с нуля.
en: The velocity starts from zero every time.
"""

import numpy as np

FAILS = ["momentum_steps"]


class SGD:
    def step(self, weights, grad):
        velocity = np.zeros_like(weights)
        velocity = self.momentum * velocity + grad
        return weights - self.lr * velocity
