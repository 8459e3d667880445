"""Arrays as bytes and back: the only form in which values leave the sandbox.

A message is ``{name: array}``: four bytes with the length of a JSON header, the header
``[[name, dtype, shape], …]``, then the elements of each array in C order. There is nothing in
it that could be executed when read, and reading allocates no more than the message's own length
(unlike ``.npy``, whose header may promise any size; unlike pickle, which is a program).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

__all__ = ["BorderError", "decode_arrays", "encode_arrays"]

# Booleans, integers, floats, complex numbers and text of a stated width.
_KINDS = "biufcU"
_MAX_DIMENSIONS = 16
_MAX_NAMES = 256


class BorderError(ValueError):
    """The bytes are not a message of arrays, or a value cannot become one."""


def encode_arrays(values: Mapping[str, npt.ArrayLike]) -> bytes:
    """Return the message that carries ``values``.

    Raises:
        BorderError: a value is not a number, a boolean, a string or a regular array of these.
    """
    header: list[tuple[str, str, tuple[int, ...]]] = []
    buffers: list[bytes] = []
    for name, value in values.items():
        try:
            array = np.asarray(value)
        except Exception as error:  # the student's object may raise anything
            raise BorderError(f"{name} is not an array: {error}") from error
        if array.dtype.kind not in _KINDS:
            raise BorderError(f"{name} is not an array of numbers: {type(value).__name__}")
        little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
        header.append((name, little_endian.dtype.str, array.shape))
        buffers.append(little_endian.tobytes())
    head = json.dumps(header).encode()
    return b"".join([len(head).to_bytes(4, "big"), head, *buffers])


def decode_arrays(message: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of a message, each a read-only view of ``message``.

    Raises:
        BorderError: the message is malformed in any way; nothing of it is then believed.
    """
    head_end = 4 + int.from_bytes(message[:4], "big")
    if not 4 <= head_end <= len(message):
        raise BorderError("the header is longer than the message")
    try:
        header = json.loads(message[4:head_end])
        if len(header) > _MAX_NAMES:
            raise BorderError(f"more than {_MAX_NAMES} arrays")
        fields = [
            (str(name), _safe_dtype(dtype), _safe_shape(shape)) for name, dtype, shape in header
        ]
    except (ValueError, TypeError, RecursionError) as error:
        raise BorderError(f"the header is malformed: {error}") from error
    arrays: dict[str, np.ndarray] = {}
    offset = head_end
    for name, dtype, shape in fields:
        count = math.prod(shape)
        end = offset + count * dtype.itemsize
        if end > len(message):
            raise BorderError(f"{name} is cut short")
        arrays[name] = np.frombuffer(message, dtype, count, offset).reshape(shape)
        offset = end
    if offset != len(message):
        raise BorderError("there are bytes after the last array")
    return arrays


def _safe_dtype(text: object) -> np.dtype:
    if not isinstance(text, str) or len(text) > 8:
        raise BorderError("a dtype is not a short string")
    dtype = np.dtype(text)
    if dtype.kind not in _KINDS or dtype.itemsize == 0:
        raise BorderError(f"dtype {text} is not one of numbers or text")
    return dtype


def _safe_shape(shape: object) -> tuple[int, ...]:
    if not isinstance(shape, list) or len(shape) > _MAX_DIMENSIONS:
        raise BorderError("a shape is not a short list")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise BorderError("a shape has a size that is not a whole number ≥ 0")
    return tuple(shape)
