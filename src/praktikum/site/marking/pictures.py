"""Pictures out of notebooks: drawn anew, so that nothing comes through but pixels."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

from PIL import Image

__all__ = ["PictureError", "decoded", "redrawn"]

_FORMATS = ("PNG", "JPEG")
_MOST_PIXELS = 25_000_000
_SIDE = 1_600  # pixels; a larger picture is made smaller


class PictureError(ValueError):
    """Bytes that are no picture of ours to show; the message says why."""


def decoded(data: Any) -> bytes | None:
    """Return the bytes of a notebook's base64 (a string, or its lines); None if it is none."""
    lines = data if isinstance(data, list) else [data]
    if not all(isinstance(line, str) for line in lines):
        return None
    try:
        return base64.b64decode("".join("".join(lines).split()), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def redrawn(content: bytes) -> bytes:
    """Return a picture as a PNG without anything but its pixels.

    Its size is compared before anything is decoded, so a small file cannot fill the memory.

    Raises:
        PictureError: it is neither PNG nor JPEG, is broken, or has too many pixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > _MOST_PIXELS:
                raise PictureError(f"{width} x {height} pixels, the limit is {_MOST_PIXELS} in all")
            pixels = picture.convert("RGBA")
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(str(error)) from None
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises at broken files
        raise PictureError(f"no picture: {error}") from None
    pixels.thumbnail((_SIDE, _SIDE))
    pixels.info.clear()
    out = io.BytesIO()
    pixels.save(out, "PNG")
    return out.getvalue()
