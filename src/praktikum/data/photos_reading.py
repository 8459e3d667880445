"""Photos and masks out of image files, whatever way the files keep them.

A photo always becomes upright RGB bytes: EXIF rotation is applied, grey is tripled, a palette is
looked up, CMYK is converted, 16 bits are cut to 8, and what is transparent is laid on white. A
mask always becomes bytes of one channel. Where a file allows several readings, it is refused with
a line that says what to do: a wrong mask is worse than none.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import UInt8, UInt16
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import FormatError

__all__ = ["Foreground", "read_mask", "read_photo"]

Foreground = Literal["half", "nonzero", "classes"]

SIXTEEN_BITS = ("I;16", "I;16B", "I;16L", "I")
TRANSPARENT = ("RGBA", "LA", "PA", "La", "RGBa")


def read_photo(path: Path) -> UInt8[np.ndarray, "height width 3"]:
    """Return the photo, upright, red, green and blue. Raises FormatError if that can't be."""
    picture = _loaded(path)
    if picture.mode in SIXTEEN_BITS:
        bytes_ = (_sixteen_bits(picture, path) >> 8).astype(np.uint8)
        return np.repeat(bytes_[..., None], 3, axis=2)
    if picture.mode == "F":
        raise FormatError(f"{path}: pixels are floats of an unknown range; save 8 or 16 bits")
    if picture.mode in TRANSPARENT or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return np.array(picture.convert("RGB"))


def read_mask(path: Path, foreground: Foreground = "half") -> UInt8[np.ndarray, "height width"]:
    """Return the mask.

    foreground: "half": 1 where the value is at least half of full scale (for masks of 0 and 255,
                also softened by JPEG); "nonzero": 1 where it isn't 0 (numbers of classes or of
                objects); "classes": the values themselves, 0 to 255

    Palettes: the index is the value, as in PASCAL VOC, but where all colours of the palette are
    grey it is the grey level. Raises FormatError if the file can't be read as such a mask.
    """
    picture = _loaded(path)
    values, full = _one_channel(picture, path)
    highest = int(values.max())
    if foreground == "nonzero":
        return (values > 0).astype(np.uint8)
    if foreground == "classes":
        if highest > 255:
            raise FormatError(f"{path}: classes must be 0 to 255, got {highest}")
        return (values > 0 if full == 1 else values).astype(np.uint8)
    if 0 < highest < (full + 1) // 2 and picture.format != "JPEG":
        raise FormatError(
            f"{path}: values go up to {highest} of {full} only; if they number classes or "
            "objects, pass foreground='nonzero' or 'classes'"
        )
    return (values >= (full + 1) // 2).astype(np.uint8)


def _loaded(path: Path) -> Image.Image:
    """The decoded picture, turned upright."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(path.read_bytes()))  # no open file is left on errors
        frames = getattr(picture, "n_frames", 1)
        if frames > 1 and picture.format != "MPO":  # a phone's JPEG
            raise FormatError(f"{path}: one picture was wanted, got {frames} frames")
        picture.load()
    except FormatError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise FormatError(f"{path}: the picture is too large to open safely: {error}") from error
    except FileNotFoundError:
        raise
    except UnidentifiedImageError as error:
        raise FormatError(f"{path}: this is not a picture in a format that Pillow reads") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # what its decoders raise
        raise FormatError(
            f"{path}: the file is cut off or damaged ({error}); get it anew or take it out"
        ) from error
    upright = ImageOps.exif_transpose(picture)
    upright.format = picture.format  # a turned copy forgets it
    return upright


def _one_channel(picture: Image.Image, path: Path) -> tuple[np.ndarray, int]:
    """The mask's values and the value of full scale."""
    mode = picture.mode
    if mode == "1":
        return np.array(picture, np.uint8), 1
    if mode in SIXTEEN_BITS:
        return _sixteen_bits(picture, path), 65535
    if mode == "L":
        return np.array(picture), 255
    if mode == "P":
        return _palette_values(picture), 255
    if mode in ("RGB", "RGBA", "LA"):
        return _grey_or_alpha(np.array(picture), path), 255
    raise FormatError(f"{path}: a mask can't be in {mode}; save it in grey or with a palette")


def _palette_values(picture: Image.Image) -> UInt8[np.ndarray, "height width"]:
    indices = np.array(picture)
    colours = np.array(picture.getpalette() or [], np.uint8).reshape(-1, 3)
    used = np.unique(indices)
    if used.max() < len(colours) and (colours[used] == colours[used][:, :1]).all():
        levels = np.zeros(256, np.uint8)
        levels[: len(colours)] = colours[:, 0]
        # Indices 0 and 1 that are both drawn black would all become background.
        if len(used) == 1 or len(np.unique(levels[used])) == len(used):
            return np.asarray(levels[indices])
    return indices


def _grey_or_alpha(
    values: UInt8[np.ndarray, "height width channels"], path: Path
) -> UInt8[np.ndarray, "height width"]:
    """The one channel that says something: grey, or the alpha of a cut-out of one colour."""
    channels = values.shape[2]
    colours = values[..., : 3 if channels >= 3 else 1]
    alpha = values[..., -1] if channels in (2, 4) else None
    grey = bool((colours == colours[..., :1]).all())
    if alpha is None or (alpha == 255).all():
        if not grey:
            raise FormatError(
                f"{path}: the mask is in colour, and which colours are meant isn't said; save the "
                "numbers of classes in grey or with a palette"
            )
        return np.asarray(colours[..., 0])
    if (colours[alpha > 0] == colours[alpha > 0][:1]).all():
        return np.asarray(alpha)
    raise FormatError(
        f"{path}: both the colours and the transparency of this mask vary; save one of them, in "
        "grey"
    )


def _sixteen_bits(picture: Image.Image, path: Path) -> UInt16[np.ndarray, "height width"]:
    values = np.array(picture)
    if values.min() < 0 or values.max() > 65535:
        raise FormatError(
            f"{path}: values must be 0 to 65535, got {values.min()} to {values.max()}"
        )
    return values.astype(np.uint16)
