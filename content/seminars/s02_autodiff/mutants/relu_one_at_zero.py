"""
ru: В нуле взята производная справа.
en: At zero the derivative from the right is taken.
"""

FAILS = ["relu_at_zero"]


def grad_relu(X, grad_output):
    return grad_output * (X >= 0)
