"""Max-pooling: find the place of each window's maximum, then take what is there.

Only the taking is differentiated; it is an indexing, so gradients of every order are `indexing`'s.
Of equal maxima the first wins, as in torch.
"""

from typing import Any

import numpy as np

from .convolution import Pair, Windows, slide
from .errors import ShapeError
from .indexing import getitem
from .shapes import reshape
from .tape import Array, Variable

__all__ = ["max_pool2d"]


def max_pool2d(x: Any, kernel: Pair, stride: Pair | None = None, padding: Pair = 0) -> Any:
    """The largest value in each window: (batch, channels, h, w) → (batch, channels, ·, ·).

    Windows do not overlap by default (`stride` is the kernel). The padding never wins.
    Raises ShapeError for another number of axes, for a window larger than the padded image and for
    padding above half of the kernel, which would leave windows of nothing but padding.
    """
    if x.ndim != 4:
        raise ShapeError(
            f"max_pool2d: x must be (batch, channels, height, width), got shape {x.shape}"
        )
    windows = slide(
        "max_pool2d", x.shape[2:], kernel, kernel if stride is None else stride, padding
    )
    if any(2 * p > k for p, k in zip(windows.padding, windows.kernel, strict=True)):
        raise ShapeError(
            f"max_pool2d: padding {windows.padding} must be at most half of the kernel "
            f"{windows.kernel}"
        )
    places = _places_of_maxima(x.data if isinstance(x, Variable) else x, windows)
    return getitem(reshape(x, (-1,)), places)


def _places_of_maxima(x: Array, windows: Windows) -> Array:
    """Positions in the flattened `x`: (batch, channels, ·, ·)."""
    (height, width), (p, q) = windows.image, windows.padding
    frame = ((0, 0), (0, 0), (p, p), (q, q))
    padded = np.pad(x, frame, constant_values=-np.inf)
    best = np.full((*x.shape[:2], *windows.places), -np.inf, x.dtype)
    (rows, columns), (s, t) = windows.places, windows.stride
    corner = np.arange(rows)[:, None] * (s * width) + np.arange(columns) * t - (p * width + q)
    offset = np.zeros(best.shape, np.intp)  # within the window
    for i, j, down, across in windows.offsets():
        candidate = padded[:, :, down, across]
        offset[candidate > best] = i * width + j
        np.maximum(best, candidate, out=best)
    image = np.arange(x.shape[0] * x.shape[1]).reshape(*x.shape[:2], 1, 1) * (height * width)
    places: Array = image + corner + offset
    return places
