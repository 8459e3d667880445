"""
ru: grad[index] += … учитывает повторяющийся номер только один раз.
en: grad[index] += … counts a repeated number only once.
"""

import numpy as np

FAILS = ["gather_adjoint"]


def adjoint_gather(grad_output, index, n_rows):
    grad = np.zeros((n_rows, grad_output.shape[1]))
    grad[index] += grad_output
    return grad
