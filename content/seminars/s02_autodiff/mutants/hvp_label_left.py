"""
ru: Метка осталась в гессиане, хотя её квадрат равен единице.
en: The label is left in the Hessian, though its square is one.
"""

from scipy.special import expit

FAILS = ["hvp_value"]


def hvp_logistic_regression(X, y, w, v):
    p = expit(y * (X @ w))
    return X.T @ (y * p * (1 - p) * (X @ v)) / len(y)
