"""
ru: Шаг 1/λ_max, при котором ничего не колеблется: он надёжен, но не наилучший.
en: The step 1/λ_max, at which nothing oscillates: safe, but not the best.
"""

import numpy as np

FAILS = ["best_lr"]


def best_lr(hessian):
    eigenvalues = np.linalg.eigvalsh(hessian)
    return 1 / eigenvalues[-1], 1 - eigenvalues[0] / eigenvalues[-1]
