"""
ru: Вход запомнен в классе, а не в объекте: два ReLU в сети портят друг друга.
en: The input is kept in the class, not in the object: two ReLUs of a network spoil each other.
"""

import numpy as np

FAILS = ["network_gradient"]


class ReLU:
    def forward(self, input):
        ReLU.input = input
        return np.maximum(input, 0)

    def backward(self, grad_output):
        return grad_output * (ReLU.input > 0), np.empty(0, grad_output.dtype)
