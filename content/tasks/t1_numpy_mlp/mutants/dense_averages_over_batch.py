"""
ru: Dense ещё раз делит градиенты параметров на размер батча.
en: Dense divides the gradients by its parameters by the batch size once more.
"""

import numpy as np

FAILS = ["dense_backward"]


class Dense:
    def backward(self, grad_output):
        grad_weight = grad_output.T @ self.input / len(grad_output)
        return grad_output @ self.weight, np.append(grad_weight.ravel(), grad_output.mean(axis=0))
