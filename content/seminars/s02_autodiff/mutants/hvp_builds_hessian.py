"""
ru: Гессиан построен целиком.
en: The Hessian is built whole.
"""

from scipy.special import expit

FAILS = ["hvp_memory"]


def hvp_logistic_regression(X, y, w, v):
    p = expit(y * (X @ w))
    hessian = (X.T * (p * (1 - p))) @ X / len(y)
    return hessian @ v
