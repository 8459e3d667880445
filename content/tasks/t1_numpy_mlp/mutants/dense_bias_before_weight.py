"""
ru: В плоском градиенте сдвиг стоит перед весами.
en: In the flat gradient the bias stands before the weight.
"""

import numpy as np

FAILS = ["dense_backward"]


class Dense:
    def backward(self, grad_output):
        grad_weight = grad_output.T @ self.input
        return grad_output @ self.weight, np.append(grad_output.sum(axis=0), grad_weight.ravel())
