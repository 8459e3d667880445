"""
ru: Для градиента взята новая маска.
en: A new mask is drawn for the gradient.
"""

import numpy as np

FAILS = ["dropout_backward"]


class Dropout:
    def backward(self, grad_output):
        if not self.training:
            return grad_output, np.empty(0, grad_output.dtype)
        kept = self.rng.random(grad_output.shape) >= self.p
        return grad_output * kept / (1 - self.p), np.empty(0, grad_output.dtype)
