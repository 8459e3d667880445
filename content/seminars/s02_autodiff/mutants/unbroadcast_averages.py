"""
ru: Среднее вместо суммы.
en: The mean instead of the sum.
"""

FAILS = ["unbroadcast_shapes"]


def unbroadcast(grad_output, shape):
    in_front = grad_output.ndim - len(shape)
    grad = grad_output.mean(axis=tuple(range(in_front)))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return grad.mean(axis=stretched, keepdims=True)
