"""
ru: Градиент ReLU — сама маска: пришедший градиент забыт.
en: The gradient of ReLU is the mask itself: the incoming gradient is forgotten.
"""

import numpy as np

FAILS = ["relu_backward"]


class ReLU:
    def forward(self, input):
        self.input = input
        return np.maximum(input, 0)

    def backward(self, grad_output):
        return (self.input > 0).astype(grad_output.dtype), np.empty(0, grad_output.dtype)
