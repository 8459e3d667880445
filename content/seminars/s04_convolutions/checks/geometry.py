"""Checks of the geometry of convolutions.

The oracle: what PyTorch makes of every size, and the pixels on which it finds a gradient.
"""

import numpy as np
import torch
from torch.nn import functional

from praktikum.checks import check, equal


def convolutions_case(rng):
    """Kernel, stride, padding and dilation of convolutions; a padding below half the kernel."""
    kernels = rng.integers(1, 6, size=12)
    paddings = [int(rng.integers(0, kernel // 2 + 1)) for kernel in kernels]
    strides, dilations = rng.integers(1, 5, size=12), rng.integers(1, 4, size=12)
    return list(zip(kernels.tolist(), strides.tolist(), paddings, dilations.tolist(), strict=True))


def sizes_made(kernel, stride, padding, dilation):
    """Return, for inputs of 1 to 59 pixels, the sizes that PyTorch's convolution makes of them."""
    weight = torch.ones(1, 1, kernel)
    made = {}
    for size in range(max(1, dilation * (kernel - 1) + 1 - 2 * padding), 60):
        output = functional.conv1d(torch.ones(1, 1, size), weight, None, stride, padding, dilation)
        made[size] = output.shape[-1]
    return made


@check(part="geometry")
def sizes_of_input(sub, rng):
    """
    ru: Названы все размеры входа, из которых свёртка делает нужный размер выхода.
    en: All sizes of the input are named from which the convolution makes the output's size.
    hint ru: Сколько соседних размеров входа даёт шаг s, прежде чем поместится ещё одно окно?
    hint en: With a stride of s, how many neighbouring input sizes are there before one more window fits?
    """
    output = int(rng.integers(3, 6))
    found = [list(sub.input_sizes(output, *case)) for case in convolutions_case(rng)]
    return {f"case {number}": sizes for number, sizes in enumerate(found)}


@sizes_of_input.expects
def _(rng):
    output = int(rng.integers(3, 6))
    tables = [sizes_made(*case) for case in convolutions_case(rng)]
    return {
        f"case {number}": equal([size for size, made in table.items() if made == output])
        for number, table in enumerate(tables)
    }


@check(part="geometry")
def sizes_at_least_one(sub, rng):
    """
    ru: Размеры меньше одного пикселя не названы.
    en: Sizes below one pixel are not named.
    """
    padding = int(rng.integers(2, 4))
    return {"sizes": list(sub.input_sizes(1, 2 * padding - 1, stride=4, padding=padding))}


@sizes_at_least_one.expects
def _(rng):
    padding = int(rng.integers(2, 4))
    made = sizes_made(2 * padding - 1, 4, padding, 1)
    return {"sizes": equal([size for size, made_size in made.items() if made_size == 1])}


def layers_case(rng):
    """Three chains of layers (kernel, stride, dilation), strides first or last."""
    draw = [
        [int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(1, 4))]
        for _ in range(9)
    ]
    return [[tuple(layer) for layer in draw[3 * chain : 3 * chain + 3]] for chain in range(3)]


def pixels_seen(layers, index):
    """Return the first and the last pixel with a gradient from output pixel ``index``."""
    image = torch.zeros(1, 1, 400, dtype=torch.float64, requires_grad=True)
    output = image
    for kernel, stride, dilation in layers:
        weight = torch.ones(1, 1, kernel, dtype=torch.float64)
        output = functional.conv1d(output, weight, None, stride, 0, dilation)
    output[0, 0, index].backward()
    seen = image.grad[0, 0].nonzero()
    return seen.min().item(), seen.max().item()


@check(part="geometry")
def field_of_layers(sub, rng):
    """
    ru: Размер рецептивного поля и шаг между соседями верны для любых цепочек слоёв.
    en: The size of the receptive field and the jump between neighbours are right for any layers.
    hint ru: На сколько пикселей картинки приходится один пиксель входа этого слоя?
    hint en: How many pixels of the picture lie between two pixels of this layer's input?
    """
    fields = [sub.receptive_field(layers) for layers in layers_case(rng)]
    return {"fields": np.array(fields), "no layers": list(sub.receptive_field([]))}


@field_of_layers.expects
def _(rng):
    fields = []
    for layers in layers_case(rng):
        (first, last), (next_first, _) = pixels_seen(layers, 0), pixels_seen(layers, 1)
        fields.append([last - first + 1, next_first - first])
    return {"fields": equal(fields), "no layers": equal([1, 1])}
