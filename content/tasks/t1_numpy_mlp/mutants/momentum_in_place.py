"""
ru: Шаг сделан прямо в массиве весов, который дали.
en: The step is made in the very array of weights that was given.
"""

FAILS = ["momentum_steps"]


class SGD:
    def step(self, weights, grad):
        self.velocity = self.momentum * self.velocity + grad
        weights -= self.lr * self.velocity
        return weights
