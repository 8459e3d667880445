"""
ru: Вместо ReLU написан модуль числа.
en: The absolute value is taken in place of ReLU.
"""

import numpy as np

FAILS = ["relu_forward"]


class ReLU:
    def forward(self, input):
        self.input = input
        return np.abs(input)

    def backward(self, grad_output):
        return grad_output * (self.input > 0), np.empty(0, grad_output.dtype)
