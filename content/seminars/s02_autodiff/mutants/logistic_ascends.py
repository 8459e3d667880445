"""
ru: Потерян минус: это градиент логарифма правдоподобия.
en: The minus is lost: this is the gradient of the log-likelihood.
"""

from scipy.special import expit

FAILS = ["logistic_gradients", "logistic_wide_margins"]


def grad_logistic_regression(X, y, w, b):
    slopes = y * expit(-y * (X @ w + b)) / len(y)
    return X.T @ slopes, slopes.sum()
