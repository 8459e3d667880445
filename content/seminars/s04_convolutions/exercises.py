"""Reference solutions of the exercises of seminar 4.

Each function is a hole: the student sees its signature and docstring. Everything is written with
plain arrays, tensors and autograd; the library's own rooms (`vision`, `engine`) are not used.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

__all__ = [
    "PreActivationBlock",
    "accumulated_step",
    "conv2d",
    "freeze_stages",
    "input_sizes",
    "mixup",
    "parameter_groups",
    "receptive_field",
    "warmup_cosine",
]


def input_sizes(
    output: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> range:
    """Return all sizes of an axis, in pixels, that a convolution turns into ``output`` pixels.

    ``padding`` is what is added on each side. Sizes below 1 are left out. All arguments but
    ``padding`` (at least 0) are at least 1.
    """
    smallest = (output - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding
    return range(max(1, smallest), smallest + stride)


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """Return the size and the jump of a pixel after ``layers``, along one axis.

    Each layer is (kernel, stride, dilation), the first one looks at the picture. The *size* is
    the distance from the first to the last pixel of the picture on which an output pixel depends,
    both included. The *jump* is how far apart in the picture two neighbouring output pixels look.
    Without layers both are 1.
    """
    size = jump = 1
    for kernel, stride, dilation in layers:
        size += dilation * (kernel - 1) * jump
        jump *= stride
    return size, jump


def conv2d(
    images: Float[np.ndarray, "batch channels height width"],
    weight: Float[np.ndarray, "out_channels channels kernel_height kernel_width"],
    bias: Float[np.ndarray, " out_channels"],
    stride: int = 1,
    padding: int = 0,
) -> Float[np.ndarray, "batch out_channels out_height out_width"]:
    """Return what ``torch.nn.functional.conv2d`` returns, by one matrix product in NumPy.

    The windows are laid out as a matrix, (batch · out_height · out_width) rows by
    (channels · kernel_height · kernel_width) columns; the kernels make another. No loop over
    pixels is needed: ``np.lib.stride_tricks.sliding_window_view`` shows the windows without
    copying. ``padding`` zeros stand on each side. The arguments are not written to.
    """
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(images, frame)
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (batch, channels, out_height, out_width, k, l)
    batch, _, out_height, out_width = windows.shape[:4]
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(batch * out_height * out_width, -1)
    output = rows @ weight.reshape(len(weight), -1).T + bias
    return output.reshape(batch, out_height, out_width, -1).transpose(0, 3, 1, 2)


class PreActivationBlock(nn.Module):
    """A residual block in which normalisation and ReLU stand *before* the convolutions.

    So the way from the picture to the head is free of them: a sum, and nothing else. Source: He,
    Zhang, Ren, Sun, "Identity mappings in deep residual networks", 2016, figure 4 (e).
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        same = stride == 1 and in_channels == out_channels
        self.shortcut = (
            None if same else nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
        )

    def forward(
        self, x: Float[Tensor, "batch in_channels height width"]
    ) -> Float[Tensor, "batch out_channels out_height out_width"]:
        """Return short + residual.

        The residual is bn1, ReLU, conv1, bn2, ReLU, conv2, in this order. The short way is ``x``
        itself; where there is ``self.shortcut``, it is that convolution of the *activated* input
        ``relu(bn1(x))``. Nothing comes after the sum, and ``x`` is not written to.
        """
        activated = torch.relu(self.bn1(x))
        short = x if self.shortcut is None else self.shortcut(activated)
        residual = self.conv2(torch.relu(self.bn2(self.conv1(activated))))
        return short + residual


def accumulated_step(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Sequence[tuple[Float[Tensor, "batch features"], Int[Tensor, " batch"]]],
    max_norm: float,
) -> float:
    """Make one step as if the batches were one; return the gradient's norm before clipping.

    The gradient is that of the mean cross-entropy over all *examples* of all batches, which may
    differ in size. One graph is alive at a time: ``backward`` is called after each batch. The
    gradient, seen as one vector of all parameters, is then shortened to the 2-norm ``max_norm``
    if it is longer (``nn.utils.clip_grad_norm_`` does it). The model is put into training mode;
    gradients left from earlier have no influence. The norm is a Python float.
    """
    model.train()
    optimizer.zero_grad()
    n_examples = sum(len(labels) for _, labels in batches)
    for inputs, labels in batches:
        loss = nn.functional.cross_entropy(model(inputs), labels, reduction="sum")
        (loss / n_examples).backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return norm.item()


def warmup_cosine(update: int, total: int, warmup: int, final: float = 0.0) -> float:
    """Return what multiplies the full learning rate in an update; updates count from 0.

    The first ``warmup`` factors rise linearly, from 1 / (warmup + 1) to warmup / (warmup + 1).
    Then half a period of a cosine leads from 1 in update number ``warmup`` down to ``final``,
    which is reached in update number ``total`` and kept from there on. 0 ≤ warmup < total.
    """
    if update < warmup:
        return (update + 1) / (warmup + 1)
    progress = min(1.0, (update - warmup) / (total - warmup))
    return final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2


def mixup(
    images: Float[Tensor, "batch channels height width"],
    labels: Int[Tensor, " batch"],
    n_classes: int,
    shares: Float[Tensor, " batch"],
    partners: Int[Tensor, " batch"],
) -> tuple[
    Float[Tensor, "batch channels height width"],
    Float[Tensor, "batch n_classes"],
]:
    """Return pictures mixed with their partners, and the probabilities of classes to aim at.

    Picture b becomes ``shares[b]`` of itself plus ``1 - shares[b]`` of picture ``partners[b]`` of
    the same batch, and so do the probabilities, which were 1 for its own class. They have the
    dtype of ``images``. The arguments are not written to. Source: Zhang et al., "mixup: beyond
    empirical risk minimization", 2018.
    """
    certain = nn.functional.one_hot(labels, n_classes).to(images.dtype)
    share = shares[:, None, None, None]
    mixed = share * images + (1 - share) * images[partners]
    return mixed, shares[:, None] * certain + (1 - shares[:, None]) * certain[partners]


def freeze_stages(model: nn.Sequential, n_frozen: int) -> None:
    """Make the model ready for training, all but its first ``n_frozen`` children.

    The parameters of a frozen child ask for no gradient, and the child is in evaluation mode, so
    that training doesn't move the running statistics of its BatchNorm either. All the others ask
    for a gradient and are in training mode, whatever earlier calls have frozen.
    """
    model.train()
    for number, stage in enumerate(model):
        stage.requires_grad_(number >= n_frozen)
        stage.train(number >= n_frozen)


def parameter_groups(
    stages: Sequence[nn.Module], lr: float, decay: float, weight_decay: float
) -> list[dict]:
    """Return groups for an optimiser of ``torch.optim``: the earlier a stage, the slower.

    The last stage learns at ``lr``, the one before at ``lr * decay``, the one before that at
    ``lr * decay ** 2`` and so on. Only parameters with two axes or more (matrices and kernels)
    get ``weight_decay``; biases and the parameters of normalisation get 0. Parameters that ask
    for no gradient are left out. Each group has the keys ``params``, ``lr`` and ``weight_decay``;
    no group is empty.
    """
    groups = []
    for distance, stage in enumerate(reversed(stages)):
        trained = [parameter for parameter in stage.parameters() if parameter.requires_grad]
        for decays in (True, False):
            members = [parameter for parameter in trained if (parameter.ndim > 1) == decays]
            if members:
                rate, penalty = lr * decay**distance, weight_decay if decays else 0.0
                groups.append({"params": members, "lr": rate, "weight_decay": penalty})
    return groups
