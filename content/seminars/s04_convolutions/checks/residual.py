"""Checks of the residual block.

The oracle: PyTorch's functional convolution and normalisation.
"""

import numpy as np
import torch
from torch.nn import functional

from praktikum.checks import check, close


def block_case(rng, in_channels, out_channels):
    """Arrays for every parameter and buffer of a block, by name, and a batch of pictures."""
    shapes = {"conv1.weight": (out_channels, in_channels, 3, 3)}
    shapes["conv2.weight"] = (out_channels, out_channels, 3, 3)
    if in_channels != out_channels:
        shapes["shortcut.weight"] = (out_channels, in_channels, 1, 1)
    arrays = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    for name, channels in (("bn1", in_channels), ("bn2", out_channels)):
        arrays[f"{name}.weight"] = rng.uniform(0.5, 2, size=channels)
        arrays[f"{name}.bias"] = rng.normal(size=channels)
        arrays[f"{name}.running_mean"] = rng.normal(size=channels)
        arrays[f"{name}.running_var"] = rng.uniform(0.5, 2, size=channels)
    return arrays, rng.normal(size=(3, in_channels, 6, 4))


def block_output(sub, case, stride, training):
    arrays, images = case
    out_channels, in_channels = arrays["conv1.weight"].shape[:2]
    block = sub.PreActivationBlock(in_channels, out_channels, stride).double()
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    missing = block.load_state_dict(tensors, strict=False).missing_keys
    assert all(name.endswith("num_batches_tracked") for name in missing)
    return block.train(training)(torch.from_numpy(images)).detach().numpy()


def functional_block(case, stride, training):
    arrays, images = case
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}

    def activated(x, name):
        mean, var = tensors[f"{name}.running_mean"], tensors[f"{name}.running_var"]
        gamma, beta = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        return functional.batch_norm(x, mean, var, gamma, beta, training).clamp(min=0)

    x = torch.from_numpy(images)
    inner = activated(x, "bn1")
    hidden = functional.conv2d(inner, tensors["conv1.weight"], stride=stride, padding=1)
    hidden = functional.conv2d(activated(hidden, "bn2"), tensors["conv2.weight"], padding=1)
    if "shortcut.weight" in tensors:
        x = functional.conv2d(inner, tensors["shortcut.weight"], stride=stride)
    return (x + hidden).numpy()


@check(part="residual")
def block_of_one_shape(sub, rng):
    """
    ru: Блок, сохраняющий форму, верен и в обучении, и при применении.
    en: The block that keeps the shape is right both in training and in use.
    """
    case = block_case(rng, 3, 3)
    modes = {"train": True, "eval": False}
    return {name: block_output(sub, case, 1, training) for name, training in modes.items()}


@block_of_one_shape.expects
def _(rng):
    case = block_case(rng, 3, 3)
    modes = {"train": True, "eval": False}
    return {name: close(functional_block(case, 1, mode)) for name, mode in modes.items()}


@check(part="residual")
def block_that_projects(sub, rng):
    """
    ru: Там, где меняются каналы и размер, короткий путь проходит через свою свёртку.
    en: Where channels and size change, the short way leads through a convolution of its own.
    hint ru: Что именно получает на вход self.shortcut?
    hint en: What exactly does self.shortcut get?
    """
    return {"output": block_output(sub, block_case(rng, 2, 5), 2, True)}


@block_that_projects.expects
def _(rng):
    return {"output": close(functional_block(block_case(rng, 2, 5), 2, True))}


@check(part="residual")
def block_is_identity(sub, rng):
    """
    ru: С нулевым conv2 блок возвращает свой вход, включая отрицательные числа.
    en: With a zero conv2 the block returns its input, negative numbers included.
    """
    arrays, images = block_case(rng, 3, 3)
    arrays["conv2.weight"] = np.zeros_like(arrays["conv2.weight"])
    return {"output": block_output(sub, (arrays, images), 1, True)}


@block_is_identity.expects
def _(rng):
    _, images = block_case(rng, 3, 3)
    return {"output": close(images)}
