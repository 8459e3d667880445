"""Checks of the binary sign with the straight-through gradient.

The oracle: NumPy's sign bit, and clipping, which leaves alone what lies within.
"""

import numpy as np
import torch

from praktikum.checks import check, close


def sign_case(rng):
    values = rng.uniform(-2, 2, size=(7, 5))
    values[0] = [0.0, -1.0, 1.0, -1.5, 1.5]
    return values, rng.normal(size=(7, 5))


@check(part="function")
def sign_forward(sub, rng):
    """
    ru: Прямой проход даёт ±1 того же типа, что и вход.
    en: The forward pass gives ±1 in the dtype of the input.
    """
    values = sign_case(rng)[0]
    return {
        "double": sub.BinarySign.apply(torch.from_numpy(values)).numpy(),
        "single": sub.BinarySign.apply(torch.from_numpy(values).float()).numpy(),
    }


@sign_forward.expects
def _(rng):
    signs = np.where(np.signbit(sign_case(rng)[0]), -1, 1)
    return {"double": close(signs, dtype="float64"), "single": close(signs, dtype="float32")}


@check(part="function")
def sign_backward(sub, rng):
    """
    ru: Обратный проход пропускает пришедший градиент там, где |x| ≤ 1.
    en: The backward pass lets the incoming gradient through where |x| ≤ 1.
    hint ru: Правило цепочки: приходящий градиент умножается, а не заменяется.
    hint en: The chain rule: the incoming gradient is multiplied, not replaced.
    """
    values, grad_output = sign_case(rng)
    input = torch.from_numpy(values).requires_grad_()
    sub.BinarySign.apply(input).backward(torch.from_numpy(grad_output))
    return {"gradient": input.grad.numpy()}


@sign_backward.expects
def _(rng):
    values, grad_output = sign_case(rng)
    inside = np.clip(values, -1, 1) == values
    return {"gradient": close(np.where(inside, grad_output, 0))}
