"""
ru: Градиент не поделён на 1 − p.
en: The gradient is not divided by 1 − p.
"""

import numpy as np

FAILS = ["dropout_backward"]


class Dropout:
    def backward(self, grad_output):
        if not self.training:
            return grad_output, np.empty(0, grad_output.dtype)
        return grad_output * (self.scale > 0), np.empty(0, grad_output.dtype)
