"""
ru: В нуле ReLU пропускает градиент: стоит >= вместо >.
en: At zero ReLU lets the gradient through: >= stands for >.
"""

import numpy as np

FAILS = ["relu_backward"]


class ReLU:
    def forward(self, input):
        self.input = input
        return np.maximum(input, 0)

    def backward(self, grad_output):
        return grad_output * (self.input >= 0), np.empty(0, grad_output.dtype)
