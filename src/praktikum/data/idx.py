"""The IDX format, in which MNIST and its relatives are published.

Two zero bytes, a byte for the type of the numbers, a byte for the number of axes, then the length
of each axis (32 bits, big-endian) and the numbers, row by row, big-endian.

Source: the description on the page of MNIST (LeCun, Cortes, Burges).
"""

from __future__ import annotations

import math
import struct

import numpy as np

from .errors import FormatError

__all__ = ["parse_idx"]

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def parse_idx(content: bytes, name: str = "IDX file") -> np.ndarray:
    """Return the array that is written in these bytes, read-only, of as many axes as they say.

    Nothing is allocated before the lengths are known to agree with the size of the content.
    `name` is for the errors. Raises FormatError.
    """
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in TYPES:
        raise FormatError(
            f"{name}: an IDX file begins with 00 00, one of the types "
            f"{', '.join(f'{code:02x}' for code in TYPES)} and the number of axes; "
            f"came {content[:4].hex(' ') or 'nothing'}"
        )
    kind, n_axes = np.dtype(TYPES[content[2]]), content[3]
    start = 4 + 4 * n_axes
    if len(content) < start:
        raise FormatError(f"{name}: the file ends within the lengths of its {n_axes} axes")
    shape = struct.unpack_from(f">{n_axes}I", content, 4)
    wanted, came = math.prod(shape) * kind.itemsize, len(content) - start
    if wanted != came:
        raise FormatError(f"{name}: shape {shape} of {kind} needs {wanted} bytes, came {came}")
    return np.frombuffer(content, kind, offset=start).reshape(shape)
