"""
ru: Градиент сдвига не просуммирован по батчу.
en: The gradient of the bias is not summed over the batch.
"""

FAILS = ["dense_gradients"]


def grad_dense(X, W, grad_output):
    return grad_output @ W.T, X.T @ grad_output, grad_output
