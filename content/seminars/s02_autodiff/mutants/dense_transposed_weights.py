"""
ru: Градиент весов транспонирован.
en: The gradient of the weights is transposed.
"""

FAILS = ["dense_gradients"]


def grad_dense(X, W, grad_output):
    return grad_output @ W.T, grad_output.T @ X, grad_output.sum(axis=0)
