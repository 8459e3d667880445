"""
ru: В кривизне забыт множитель 1 − p.
en: The factor 1 - p is forgotten in the curvature.
"""

from scipy.special import expit

FAILS = ["hvp_value"]


def hvp_logistic_regression(X, y, w, v):
    return X.T @ (expit(y * (X @ w)) * (X @ v)) / len(y)
