"""Convolution and pooling spelled out in NumPy, equal to torch's in value.

Every output pixel looks at one window of the input. `windows` shows all of them as a view, without
copying a number; a convolution is a product of each with the weights, a pooling their mean or
maximum. As in deep-learning libraries the kernel is not flipped: strictly it is a correlation.

For speed a convolution becomes products of matrices (Chellapilla, Puri, Simard, "High performance
convolutional neural networks", 2006). The paper copies every window of an image into a column of
one matrix (im2col): for a kernel of 3×3 each pixel nine times. Here windows are laid out across
only, each pixel three times: the windows of the kernel's next row are in the same matrix, further
on. So there is a product for each row of the kernel, and a third of the memory to go through.
Gradients are left out: see `scratch.autodiff`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from numpy.lib.stride_tricks import sliding_window_view

from .errors import ShapeError

__all__ = ["avg_pool2d", "conv2d", "max_pool2d", "output_size", "windows"]

Images = Float[np.ndarray, "batch channels height width"]


def output_size(
    size: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    """Return how many windows fit along one axis of `size` pixels.

    ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1: a kernel of holes `dilation`
    apart covers dilation·(kernel − 1) + 1 pixels, and every further place takes `stride` more.

    >>> output_size(224, kernel=7, stride=2, padding=3)
    112

    Raises ShapeError if no window fits.
    """
    if min(size, kernel, stride, dilation) < 1 or padding < 0:
        raise ShapeError(
            f"size={size}, kernel={kernel}, stride={stride} and dilation={dilation} must be at "
            f"least 1 and padding={padding} at least 0"
        )
    covered = dilation * (kernel - 1) + 1
    if covered > size + 2 * padding:
        raise ShapeError(
            f"a kernel of {kernel} with dilation {dilation} covers {covered} pixels, but an image "
            f"of {size} with padding {padding} has {size + 2 * padding}"
        )
    return (size + 2 * padding - covered) // stride + 1


def windows(
    images: Images, kernel: tuple[int, int], stride: int = 1, dilation: int = 1
) -> Float[np.ndarray, "batch channels out_height out_width kernel_height kernel_width"]:
    """Return a view of every window of the images; write into it and overlapping windows change."""
    covered = tuple(dilation * (side - 1) + 1 for side in kernel)
    for size, side in zip(images.shape[2:], kernel, strict=True):
        output_size(size, side, stride, dilation=dilation)
    every = sliding_window_view(images, covered, axis=(2, 3))
    return every[:, :, ::stride, ::stride, ::dilation, ::dilation]


def conv2d(
    images: Images,
    weight: Float[np.ndarray, "out_channels in_channels kernel_height kernel_width"],
    bias: Float[np.ndarray, " out_channels"] | None = None,
    *,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Float[np.ndarray, "batch out_channels out_height out_width"]:
    """Return y[b, o, i, j] = bias[o] + Σ weight[o, c, k, l] · x[b, c, i·stride + k, j·stride + l].

    `padding` zeros surround the images; `dilation` spreads the kernel over k·dilation. With
    `groups` the channels are dealt into so many convolutions side by side; as many groups as
    channels make it depthwise. Raises ShapeError where shapes do not fit.
    """
    out_channels, per_group = weight.shape[:2]
    if out_channels % groups or images.shape[1] != per_group * groups:
        raise ShapeError(
            f"a weight of shape {weight.shape} in {groups} groups takes {per_group * groups} "
            f"channels and must make a multiple of {groups}, but the images have {images.shape[1]}"
        )
    padded = pad(images, padding)
    batch, _, out_height, out_width, kernel_height, kernel_width = windows(
        padded, weight.shape[2:], stride, dilation
    ).shape
    # One kernel for each row of the weights: (kernel_height, groups, out / groups, in·l / groups).
    shape = (kernel_height, groups, out_channels // groups, per_group * kernel_width)
    kernels = weight.transpose(2, 0, 1, 3).reshape(shape)
    y = np.empty((batch, *shape[1:3], out_height * out_width), images.dtype)
    product = np.empty_like(y[0])
    for across, sums in zip(
        _windows_across(padded, kernel_width, stride, dilation), y, strict=True
    ):
        for k, kernel in enumerate(kernels):
            first = k * dilation
            seen = across[:, :, first : first + stride * (out_height - 1) + 1 : stride]
            matrices = seen.reshape(groups, -1, out_height * out_width)  # with stride 1 a view
            if k == 0:
                np.matmul(kernel, matrices, out=sums)
            else:
                sums += np.matmul(kernel, matrices, out=product)
    if bias is not None:
        y += bias.reshape(groups, -1, 1)
    return y.reshape(batch, out_channels, out_height, out_width)


def _windows_across(
    padded: Images, width: int, stride: int, dilation: int
) -> Iterator[Float[np.ndarray, "channels width height out_width"]]:
    """Yield the windows of one row of each image in turn, all in the same memory.

    Row l holds, for every place of the kernel in every row of the image, the pixel under the
    kernel's column l.
    """
    views = windows(padded, (1, width), dilation=dilation)[:, :, :, ::stride, 0]
    order = views.transpose(0, 1, 4, 2, 3)  # (batch, channels, width, height, out_width)
    across = np.empty(order.shape[1:], padded.dtype)
    for image in order:
        across[...] = image
        yield across


def max_pool2d(
    images: Images, kernel: int, stride: int | None = None, padding: int = 0
) -> Float[np.ndarray, "batch channels out_height out_width"]:
    """Return the maximum of each window; `stride` is `kernel` unless given. Padding never wins."""
    _check_padding(kernel, padding)
    views = windows(pad(images, padding, -np.inf), (kernel, kernel), stride or kernel)
    maxima: np.ndarray = views.max(axis=(-2, -1))
    return maxima


def avg_pool2d(
    images: Images, kernel: int, stride: int | None = None, padding: int = 0
) -> Float[np.ndarray, "batch channels out_height out_width"]:
    """Return the mean of each window; `stride` is `kernel` unless given. Padding counts as 0."""
    _check_padding(kernel, padding)
    views = windows(pad(images, padding), (kernel, kernel), stride or kernel)
    means: np.ndarray = views.mean(axis=(-2, -1))
    return means


def pad(
    images: Images, padding: int, fill: float = 0.0
) -> Float[np.ndarray, "batch channels framed_height framed_width"]:
    """Return the images inside a frame `padding` pixels wide."""
    if padding == 0:
        return images
    batch, channels, height, width = images.shape
    framed = np.full(
        (batch, channels, height + 2 * padding, width + 2 * padding), fill, images.dtype
    )
    framed[:, :, padding:-padding, padding:-padding] = images
    return framed


def _check_padding(kernel: int, padding: int) -> None:
    if not 0 <= 2 * padding <= kernel:
        raise ShapeError(f"padding={padding} must be at most half of the kernel={kernel}")
