"""A mask out of the bytes of a PNG from an untrusted place.

What it must be is known beforehand, so the header is compared before anything is decoded: a
picture of another size never gets memory, whatever size it claims. Grey with 8 bits or 1 bit is
taken, black and white only: a grey or a palette that means something else is no mask.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from praktikum.checks import Text
from praktikum.course.given import Size
from praktikum.grader.faulty_prediction import FaultyPrediction

__all__ = ["MaskError", "read_mask"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_HEAD = len(_SIGNATURE) + 10  # then width, height, bits, and the kind of colour
_GREY = 0
_BITS = (1, 8)


class MaskError(FaultyPrediction):
    """Bytes that are no mask."""


def read_mask(content: bytes, size: Size) -> np.ndarray:
    """Return the mask as booleans (height, width), white being True.

    Raises:
        MaskError: it is no PNG, or not one of this size in black and white.
    """
    if len(content) < _HEAD or not content.startswith(_SIGNATURE):
        raise MaskError(_NO_PNG)
    head = content[len(_SIGNATURE) :]
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    if (height, width) != size:
        raise MaskError(_SIZE.format(got=f"{width}×{height}", wanted=f"{size[1]}×{size[0]}"))
    if head[8] not in _BITS or head[9] != _GREY:
        raise MaskError(_COLOURS)
    values = np.unique(mask := _decoded(content, size))
    if not np.isin(values, (0, 255)).all():
        raise MaskError(_VALUES.format(got=int(values[(values > 0) & (values < 255)][0])))
    return np.asarray(mask == 255)


def _decoded(content: bytes, size: Size) -> np.ndarray:
    """Return grey values, 0 to 255."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            # A second header, further on in the file, could have changed these.
            if (picture.height, picture.width) != size or picture.mode not in ("1", "L"):
                raise MaskError(_DAMAGED)
            return np.array(picture.convert("L"))
    except MaskError:
        raise
    except Exception:  # whatever the decoder raises at foreign bytes, they are to blame
        raise MaskError(_DAMAGED) from None


_NO_PNG = Text(ru="это не PNG", en="not a PNG")
_SIZE = Text(
    ru="размер {got}, а нужен {wanted} (ширина×высота)",
    en="the size is {got} and should be {wanted} (width×height)",
)
_COLOURS = Text(
    ru="нужна серая картинка, 8 бит на пиксель, без палитры и прозрачности",
    en="a grey picture is wanted, 8 bits a pixel, without palette or transparency",
)
_VALUES = Text(
    ru="есть значение {got}, а бывают только 0 (фон) и 255 (объект)",
    en="there is a value {got}, while only 0 (background) and 255 (object) are allowed",
)
_DAMAGED = Text(ru="файл повреждён", en="damaged")
