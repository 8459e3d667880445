"""
ru: Градиент по весам выложен столбец за столбцом.
en: The gradient by the weight is laid out column after column.
"""

import numpy as np

FAILS = ["dense_backward"]


class Dense:
    def backward(self, grad_output):
        grad_weight = self.input.T @ grad_output
        return grad_output @ self.weight, np.append(grad_weight.ravel(), grad_output.sum(axis=0))
