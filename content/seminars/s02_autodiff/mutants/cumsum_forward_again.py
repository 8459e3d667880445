"""
ru: Та же накопленная сумма: матрица не транспонирована.
en: The same cumulative sum: the matrix is not transposed.
"""

FAILS = ["cumsum_adjoint"]


def adjoint_cumsum(grad_output):
    return grad_output.cumsum()
