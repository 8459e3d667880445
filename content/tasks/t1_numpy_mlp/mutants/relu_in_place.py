"""
ru: ReLU обнуляет отрицательное прямо во входном массиве.
en: ReLU zeroes what is negative in the array of the input itself.
"""

import numpy as np

FAILS = ["layers_leave_arguments"]


class ReLU:
    def forward(self, input):
        self.input = input.copy()
        input[input < 0] = 0
        return input

    def backward(self, grad_output):
        return grad_output * (self.input > 0), np.empty(0, grad_output.dtype)
