"""
ru: Градиенты весов и сдвига ещё раз поделены на размер батча.
en: The gradients of weights and bias are divided by the batch size once more.
"""

FAILS = ["dense_gradients"]


def grad_dense(X, W, grad_output):
    return grad_output @ W.T, X.T @ grad_output / len(X), grad_output.mean(axis=0)
