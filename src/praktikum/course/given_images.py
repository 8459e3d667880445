"""The images whose masks students predict, and the true masks that only an instructor can draw.

A unit's ``predictions.py`` draws one image and its mask from a generator, and from nothing else::

    def picture(rng):
        return image, mask    # bytes: (height, width, 3), and (height, width) of 0 and 1

Students get the images alone, and hand in a PNG for each.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["GivenImage", "size_of_png", "write_masks"]

_PNG_HEAD = 24  # bytes: signature, length and name of the first chunk, width, height


@dataclass(frozen=True, slots=True)
class GivenImage:
    """An image and its true mask.

    Attributes:
        name: of its file, and of the file of a mask predicted for it.
        image: bytes (height, width, 3).
        truth: bytes (height, width), 1 where the object is seen, 0 elsewhere.
    """

    name: str
    image: np.ndarray
    truth: np.ndarray

    @property
    def size(self) -> tuple[int, ...]:
        """How large a prediction must be: height and width."""
        return self.truth.shape

    @property
    def problem(self) -> str | None:
        """What is wrong with what was drawn; None where nothing is."""
        image, truth = np.asarray(self.image), np.asarray(self.truth)
        is_pair = image.dtype == truth.dtype == np.uint8 and image.shape == (*truth.shape, 3)
        if is_pair and truth.ndim == 2 and truth.max(initial=0) <= 1:
            return None
        wanted = "bytes (height, width, 3) and a mask (height, width) of 0 and 1"
        came = f"{image.dtype} {image.shape} and {truth.dtype} {truth.shape}"
        return f"wanted {wanted}, got {came}"

    def save(self, folder: Path) -> None:
        """Write the image, without its truth, into ``folder``."""
        from PIL import Image  # an extra: only units with images need it

        Image.fromarray(self.image).save(folder / self.name, format="PNG")

    @property
    def shown(self) -> np.ndarray:
        """What students get."""
        return self.image


def size_of_png(path: Path) -> tuple[int, int]:
    """Return the height and the width of an image. Raises ValueError: it is no PNG."""
    head = path.read_bytes()[:_PNG_HEAD]
    if not head.startswith(b"\x89PNG") or len(head) < _PNG_HEAD:
        raise ValueError(f"{path.name} is no PNG")
    return int.from_bytes(head[20:24], "big"), int.from_bytes(head[16:20], "big")


def write_masks(masks: Mapping[str, np.ndarray], path: Path) -> None:
    """Write masks of 0 and 1 as a student hands them in; the same masks give the same bytes."""
    from PIL import Image

    with zipfile.ZipFile(path, "w") as archive:
        for name, mask in masks.items():
            content = io.BytesIO()
            Image.fromarray(255 * mask.astype(np.uint8)).save(content, format="PNG")
            archive.writestr(zipfile.ZipInfo(name), content.getvalue())
