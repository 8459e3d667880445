"""
ru: Просуммированные оси пропали: забыт keepdims.
en: The axes summed over are gone: keepdims is forgotten.
"""

FAILS = ["unbroadcast_shapes"]


def unbroadcast(grad_output, shape):
    in_front = grad_output.ndim - len(shape)
    grad = grad_output.sum(axis=tuple(range(in_front)))
    return grad.sum(axis=tuple(axis for axis, length in enumerate(shape) if length == 1))
