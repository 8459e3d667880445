"""
ru: Экспонента больших отступов переполняется: inf / inf.
en: The exponential of large margins overflows: inf / inf.
"""

import numpy as np

FAILS = ["logistic_wide_margins"]


def grad_logistic_regression(X, y, w, b):
    with np.errstate(over="ignore", invalid="ignore"):
        exponents = np.exp(-y * (X @ w + b))
        slopes = -y * exponents / (1 + exponents) / len(y)
    return X.T @ slopes, slopes.sum()
