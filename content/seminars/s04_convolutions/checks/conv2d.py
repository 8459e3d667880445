"""Checks of the convolution by one matrix product.

The oracle: PyTorch's functional convolution.
"""

import torch
from torch.nn import functional

from praktikum.checks import check, close


def images_case(rng):
    images, weight = rng.normal(size=(2, 3, 9, 7)), rng.normal(size=(4, 3, 3, 2))
    return images, weight, rng.normal(size=4), int(rng.integers(2, 4)), int(rng.integers(1, 3))


def torch_conv2d(images, weight, bias, stride=1, padding=0):
    tensors = [torch.from_numpy(array) for array in (images, weight, bias)]
    return functional.conv2d(*tensors, stride, padding).numpy()


@check(part="conv2d")
def conv2d_plain(sub, rng):
    """
    ru: Свёртка без дополнения и с шагом один верна.
    en: The convolution without padding and with a stride of one is right.
    hint ru: В каком порядке идут оси в строках вашей матрицы, и в каком — в ядрах?
    hint en: In which order do the axes go in the rows of your matrix, and in which in the kernels?
    """
    images, weight, bias, _, _ = images_case(rng)
    return {"output": sub.conv2d(images, weight, bias)}


@conv2d_plain.expects
def _(rng):
    images, weight, bias, _, _ = images_case(rng)
    return {"output": close(torch_conv2d(images, weight, bias))}


@check(part="conv2d")
def conv2d_geometry(sub, rng):
    """
    ru: Шаг и дополнение нулями действуют как в PyTorch, по отдельности и вместе.
    en: Stride and zero padding act as in PyTorch, one by one and together.
    """
    images, weight, bias, stride, padding = images_case(rng)
    return {
        "stride": sub.conv2d(images, weight, bias, stride=stride),
        "padding": sub.conv2d(images, weight, bias, padding=padding),
        "both": sub.conv2d(images, weight, bias, stride, padding),
    }


@conv2d_geometry.expects
def _(rng):
    images, weight, bias, stride, padding = images_case(rng)
    return {
        "stride": close(torch_conv2d(images, weight, bias, stride)),
        "padding": close(torch_conv2d(images, weight, bias, 1, padding)),
        "both": close(torch_conv2d(images, weight, bias, stride, padding)),
    }
