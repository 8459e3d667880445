"""
ru: Градиент проходит и там, где |x| > 1.
en: The gradient passes also where |x| > 1.
"""

FAILS = ["sign_backward"]


class BinarySign:
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output
