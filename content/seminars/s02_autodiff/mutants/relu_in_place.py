"""
ru: Чужой массив испорчен: нули записаны прямо в grad_output.
en: Another's array is spoilt: zeros are written right into grad_output.
"""

FAILS = ["relu_gradient"]


def grad_relu(X, grad_output):
    grad_output[X <= 0] = 0
    return grad_output
