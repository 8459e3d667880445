"""
ru: Растянутые оси длины 1 не просуммированы.
en: Stretched axes of length 1 are not summed over.
"""

FAILS = ["unbroadcast_shapes"]


def unbroadcast(grad_output, shape):
    in_front = grad_output.ndim - len(shape)
    return grad_output.sum(axis=tuple(range(in_front)))
