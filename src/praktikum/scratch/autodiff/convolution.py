"""Two-dimensional convolution as matrix products over unrolled windows (im2col).

The convolution y = x ⋆ w is bilinear, so ⟨g, x ⋆ w⟩ is a function linear in each of x, w and g.
Its gradients by g, w and x are three operations, `conv2d`, `_by_weight` and `_by_input`, and each
one's own gradients are the other two with the arguments exchanged: the family is closed, which
gives gradients of every order from six one-line rules.

The windows of one image at a time are unrolled into one buffer, which stays in the cache and is
filled anew in the backward pass: remembering the windows of a whole batch would cost more, in
memory and in time, than copying them again.

Source: Chellapilla, Puri and Simard, High performance convolutional neural networks (2006).
Left out: dilation and groups. As in deep-learning libraries the kernel is not flipped.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .errors import ShapeError
from .shapes import reshape
from .tape import Array, Operation, operation

__all__ = ["conv2d"]

Pair = int | tuple[int, int]


class Windows(NamedTuple):
    """How a kernel slides over an image; lengths in pixels, (height, width)."""

    image: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]

    @property
    def places(self) -> tuple[int, int]:
        """How many positions the kernel takes, down and across."""
        (height, width), (k, m), (s, t), (p, q) = self
        return (height + 2 * p - k) // s + 1, (width + 2 * q - m) // t + 1

    def offsets(self) -> Iterator[tuple[int, int, slice, slice]]:
        """Each pixel (i, j) of the kernel with the rows and columns of the image that it meets."""
        (rows, columns), (s, t) = self.places, self.stride
        for i in range(self.kernel[0]):
            for j in range(self.kernel[1]):
                yield i, j, slice(i, i + s * rows, s), slice(j, j + t * columns, t)

    def padded(self, channels: int, dtype: np.dtype[Any], fill: float = 0.0) -> Array:
        """An empty padded image (channels, height, width)."""
        (height, width), (p, q) = self.image, self.padding
        return np.full((channels, height + 2 * p, width + 2 * q), fill, dtype)

    def inside(self, padded: Array) -> Array:
        """The view of a padded image (..., height, width) without its padding."""
        (height, width), (p, q) = self.image, self.padding
        return padded[..., p : p + height, q : q + width]

    def buffer(self, channels: int, dtype: np.dtype[Any]) -> Array:
        """Room for the unrolled windows of one image."""
        return np.empty((channels, *self.kernel, *self.places), dtype)


def unrolled(x: Array, windows: Windows) -> Iterator[Array]:
    """For each image of (batch, channels, height, width) its windows (channels·k·l, places).

    Every matrix lives in the same memory: use it before asking for the next.
    """
    image = windows.padded(x.shape[1], x.dtype)
    columns = windows.buffer(x.shape[1], x.dtype)
    matrix = columns.reshape(-1, columns.shape[-2] * columns.shape[-1])
    for pixels in x:
        windows.inside(image)[...] = pixels
        for i, j, down, across in windows.offsets():
            columns[:, i, j] = image[:, down, across]
        yield matrix


def _flat(w: Array) -> Array:
    return w.reshape(w.shape[0], -1)


def _convolve(x: Array, w: Array, windows: Windows) -> Array:
    y = np.empty((len(x), len(w), *windows.places), np.result_type(x, w))
    flat, kernels = y.reshape(len(x), len(w), -1), _flat(w)
    for columns, out in zip(unrolled(x, windows), flat, strict=True):
        np.matmul(kernels, columns, out=out)
    return y


def _weight_gradient(x: Array, g: Array, windows: Windows) -> Array:
    shape = (x.shape[1], *windows.kernel, g.shape[1])
    total = np.zeros((shape[0] * shape[1] * shape[2], shape[3]), np.result_type(x, g))
    for columns, out in zip(unrolled(x, windows), g, strict=True):
        total += columns @ _flat(out).T
    return np.ascontiguousarray(np.moveaxis(total.reshape(shape), -1, 0))


def _input_gradient(g: Array, w: Array, windows: Windows) -> Array:
    channels_out, channels_in = w.shape[:2]
    (k, m), (p, q) = windows.kernel, windows.padding
    full = (k - 1 - p, m - 1 - q)
    if windows.stride == (1, 1) and min(full) >= 0 and channels_in >= channels_out:
        # Then it is a convolution itself, with the kernel turned round: no sums in strided memory.
        turned = w[:, :, ::-1, ::-1].swapaxes(0, 1)
        return _convolve(g, turned, Windows(windows.places, windows.kernel, (1, 1), full))
    return _rolled_up(g, w, windows)


def _rolled_up(g: Array, w: Array, windows: Windows) -> Array:
    """wᵀ g added up where the windows overlap (col2im): the transpose of `unrolled`."""
    channels, dtype = w.shape[1], np.result_type(g, w)
    x = np.empty((len(g), channels, *windows.image), dtype)
    image = windows.padded(channels, dtype)
    columns = windows.buffer(channels, dtype)
    matrix = columns.reshape(-1, columns.shape[-2] * columns.shape[-1])
    transposed = _flat(w).T
    for out, pixels in zip(g, x, strict=True):
        np.matmul(transposed, _flat(out), out=matrix)
        image[...] = 0
        for i, j, down, across in windows.offsets():
            image[:, down, across] += columns[:, i, j]
        pixels[...] = windows.inside(image)
    return x


_conv2d = operation(
    _convolve,
    lambda g, _y, _x, w, windows: _by_input(g, w, windows),
    lambda g, _y, x, _w, windows: _by_weight(x, g, windows),
    name="conv2d",
)
_by_weight: Operation = operation(
    _weight_gradient,
    lambda u, _y, _x, g, windows: _by_input(g, u, windows),
    lambda u, _y, x, _g, windows: _conv2d(x, u, windows),
    name="conv2d_by_weight",
)
_by_input: Operation = operation(
    _input_gradient,
    lambda u, _y, _g, w, windows: _conv2d(u, w, windows),
    lambda u, _y, g, _w, windows: _by_weight(u, g, windows),
    name="conv2d_by_input",
)


def conv2d(x: Any, weight: Any, bias: Any = None, stride: Pair = 1, padding: Pair = 0) -> Any:
    """x ⋆ weight + bias: (batch, c_in, h, w), (c_out, c_in, k, l), (c_out,) → (batch, c_out, ·, ·).

    `stride` and `padding` (zeros on each side) are in pixels, one number or (down, across).
    Raises ShapeError for other numbers of axes, for channels that differ and for a kernel larger
    than the padded image.
    """
    if x.ndim != 4 or weight.ndim != 4 or x.shape[1] != weight.shape[1]:
        raise ShapeError(
            f"conv2d: x of shape {x.shape} must be (batch, c_in, height, width) and the weight of "
            f"shape {weight.shape} (c_out, c_in, k, l), with the same c_in"
        )
    windows = slide("conv2d", x.shape[2:], weight.shape[2:], stride, padding)
    y = _conv2d(x, weight, windows)
    return y if bias is None else y + reshape(bias, (-1, 1, 1))


def slide(name: str, image: Any, kernel: Pair, stride: Pair, padding: Pair) -> Windows:
    """The windows of an operation, checked. Raises ShapeError if there is no place for one."""
    windows = Windows(image, _pair(kernel), _pair(stride), _pair(padding))
    if min(windows.stride) < 1 or min(windows.padding) < 0 or min(windows.places) < 1:
        raise ShapeError(
            f"{name}: a kernel {windows.kernel} at stride {windows.stride} has no place on an "
            f"image {windows.image} with padding {windows.padding}: the stride must be positive "
            "and the kernel no larger than the padded image"
        )
    return windows


def _pair(value: Pair) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])
