"""
ru: Градиент LogSoftmax верен, только если пришёл градиент NLL.
en: The gradient of LogSoftmax is right only if that of the NLL comes in.
"""

import numpy as np

FAILS = ["log_softmax_backward"]


class LogSoftmax:
    def backward(self, grad_output):
        probs = np.exp(self.output)
        return grad_output + probs / len(grad_output), np.empty(0, grad_output.dtype)
