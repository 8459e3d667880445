"""
ru: Маска ReLU приведена к float64, и float32 теряется.
en: The mask of ReLU is made float64, and float32 is lost.
"""

import numpy as np

FAILS = ["layers_in_single_precision"]


class ReLU:
    def forward(self, input):
        self.input = input
        return np.maximum(input, 0)

    def backward(self, grad_output):
        return grad_output * (self.input > 0).astype(float), np.empty(0)
