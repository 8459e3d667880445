"""
ru: Градиент входит в скорость с весом 1 − momentum.
en: The gradient enters the velocity with the weight 1 − momentum.
"""

FAILS = ["momentum_steps"]


class SGD:
    def step(self, weights, grad):
        self.velocity = self.momentum * self.velocity + (1 - self.momentum) * grad
        return weights - self.lr * self.velocity
