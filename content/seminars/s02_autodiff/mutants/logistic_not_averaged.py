"""
ru: Градиент суммы потерь, а не среднего.
en: The gradient of the sum of the losses, not of their mean.
"""

from scipy.special import expit

FAILS = ["logistic_gradients", "logistic_wide_margins"]


def grad_logistic_regression(X, y, w, b):
    slopes = -y * expit(-y * (X @ w + b))
    return X.T @ slopes, slopes.sum()
