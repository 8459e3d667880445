"""Reference solutions of the exercises of seminar 5.

Each function is a hole: the student sees its signature and docstring. What the seminar explains
about up-sampling, measuring and repairing masks is written here in a few lines each.
"""

from collections.abc import Callable, Iterable
from itertools import product

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy import ndimage
from torch import Tensor
from torch.nn import functional

__all__ = [
    "bilinear_kernel",
    "class_iou",
    "encoder_decoder_sizes",
    "largest_component",
    "predict_by_tiles",
    "transposed_convolution",
    "weighted_bce",
]


def transposed_convolution(
    input: Float[Tensor, "batch in_channels height width"],
    weight: Float[Tensor, "in_channels out_channels size size"],
    stride: int = 1,
    padding: int = 0,
) -> Float[Tensor, "batch out_channels out_height out_width"]:
    """Return the transposed convolution of ``input``, made of a plain convolution of stride 1.

    ``stride - 1`` zeros go between neighbouring pixels of the input (none after the last), and
    what comes of it is convolved with the kernel turned by 180°. ``weight`` is laid out as in
    ``nn.ConvTranspose2d``: input channels first. ``0 <= padding < size`` cuts the *output*, as it
    does there: ``out_height = (height - 1) * stride + size - 2 * padding``.
    ``functional.conv2d`` is all you need; ``conv_transpose2d`` is not used.
    """
    batch, channels, height, width = input.shape
    shape = (batch, channels, (height - 1) * stride + 1, (width - 1) * stride + 1)
    sparse = input.new_zeros(shape)
    sparse[..., ::stride, ::stride] = input
    kernel = weight.flip(2, 3).transpose(0, 1)  # (out_channels, in_channels, size, size)
    return functional.conv2d(sparse, kernel, padding=weight.shape[-1] - 1 - padding)


def bilinear_kernel(stride: int) -> Float[Tensor, "size size"]:
    """Return the kernel with which a transposed convolution of ``stride`` interpolates bilinearly.

    Its size is ``2 * stride`` for an even stride and ``2 * stride - 1`` for an odd one, float64.
    Along each axis it is a tent about its centre that falls by ``1 / stride`` a pixel; the kernel
    is the outer product of two tents. Away from the border ``conv_transpose2d`` with this kernel
    equals ``interpolate(scale_factor=stride, mode="bilinear", align_corners=False)``.
    """
    size = 2 * stride - stride % 2
    distance = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    tent = 1 - distance.abs() / stride
    return torch.outer(tent, tent)


def encoder_decoder_sizes(
    size: int, kernels: Iterable[int], strides: Iterable[int], paddings: Iterable[int]
) -> tuple[list[int], list[int]]:
    """Return the sizes along an encoder, and the ``output_padding`` of each step of its mirror.

    The encoder is a chain of convolutions, one for each kernel, stride and padding; the first
    list has the input's ``size`` (pixels of a side) and the size after each convolution. The
    decoder goes back by transposed convolutions of the same kernels, strides and paddings, last
    one first; the second list has the ``output_padding``, in the decoder's order, with which it
    passes through the same sizes and ends at ``size`` exactly.
    """
    sizes, lost = [size], []
    for kernel, stride, padding in zip(kernels, strides, paddings, strict=True):
        steps, rest = divmod(sizes[-1] + 2 * padding - kernel, stride)
        sizes.append(steps + 1)
        lost.append(rest)
    return sizes, lost[::-1]


def class_iou(
    batches: Iterable[tuple[Int[np.ndarray, "*shape"], Int[np.ndarray, "*shape"]]],
    num_classes: int,
    ignore: int = 255,
) -> Float[np.ndarray, " num_classes"]:
    """Return the IoU of each class over the pixels of all batches taken together.

    Each batch is a pair: predicted classes and true ones, of one shape. Pixels whose true class
    is ``ignore`` count nowhere. A class that neither occurs nor is predicted gets nan, without a
    warning. How the pixels fall into batches changes nothing; ``batches`` may be a generator.
    """
    confusion = np.zeros((num_classes, num_classes), np.int64)  # true class, predicted class
    for predicted, target in batches:
        known = target != ignore
        pairs = target[known].astype(np.int64) * num_classes + predicted[known]
        confusion += np.bincount(pairs, minlength=num_classes**2).reshape(confusion.shape)
    hits = confusion.diagonal()
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - hits
    return np.where(union > 0, hits / np.maximum(union, 1), np.nan)


def weighted_bce(
    logits: Float[Tensor, "*shape"], target: Float[Tensor, "*shape"], pos_weight: float
) -> Float[Tensor, ""]:
    """Return the mean over pixels of ``-pos_weight·t·log σ(z) - (1 - t)·log(1 - σ(z))``.

    Right for any finite logit, ±1000 too: neither the value nor the gradient is ever inf or nan.
    Ready-made losses are not used; ``torch.logaddexp`` may be.
    """
    log_one_plus = torch.logaddexp(torch.zeros_like(logits), -logits)  # -log σ(z)
    per_pixel = (1 - target) * (logits + log_one_plus) + pos_weight * target * log_one_plus
    return per_pixel.mean()


def largest_component(mask: Bool[np.ndarray, "height width"]) -> Bool[np.ndarray, "height width"]:
    """Return the mask with nothing left but its largest connected piece; an empty mask as it is.

    Pixels that touch at a corner are connected (8 neighbours). Of equally large pieces stays the
    one that is met first, row by row. The argument is not changed. ``scipy.ndimage`` is allowed.
    """
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if count == 0:
        return mask.copy()
    areas = np.bincount(labels.ravel())[1:]  # without the background
    return labels == 1 + areas.argmax()


def predict_by_tiles(
    predict: Callable[[Float[np.ndarray, "tile tile"]], Float[np.ndarray, "tile tile"]],
    image: Float[np.ndarray, "height width"],
    tile: int,
    overlap: int,
) -> Float[np.ndarray, "height width"]:
    """Return what ``predict``, which takes tiles of ``tile`` × ``tile`` only, says of all of it.

    Along each axis tiles begin at 0, ``tile - overlap``, ``2 * (tile - overlap)``, … while they
    fit; if the last one doesn't reach the edge, one more tile ends exactly there. Where tiles
    overlap, the result is the mean of what they say. No tile is predicted twice.
    ``0 <= overlap < tile``; both sides of the image are at least ``tile``.
    """
    sides = [(side - tile, tile - overlap) for side in image.shape]
    starts = [sorted({*range(0, last, step), last}) for last, step in sides]
    total, covered = np.zeros(image.shape), np.zeros(image.shape)
    for top, left in product(*starts):
        place = (slice(top, top + tile), slice(left, left + tile))
        total[place] += predict(image[place])
        covered[place] += 1
    return total / covered
