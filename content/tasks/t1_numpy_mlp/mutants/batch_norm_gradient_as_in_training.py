"""
ru: В режиме применения градиент такой же, как в обучении.
en: In evaluation the gradient is that of training.
"""

import numpy as np

FAILS = ["batch_norm_in_evaluation"]


class BatchNorm:
    def backward(self, grad_output):
        grad_gamma = (grad_output * self.normalised).sum(axis=0)
        grad_beta = grad_output.sum(axis=0)
        grad_input = self.gamma * grad_output
        n = len(grad_output)
        grad_input -= self.gamma / n * (grad_beta + self.normalised * grad_gamma)
        return grad_input / self.std, np.concatenate([grad_gamma, grad_beta])
