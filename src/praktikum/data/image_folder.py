"""Pictures in folders, one folder a class: ROOT/cat/1.jpg, ROOT/dog/a.png, …

The pictures stay on the disk and are decoded one at a time, so the set may be larger than the
memory. Each comes as RGB of one size: turned as its EXIF data say, scaled so that the square of
the wanted size just fits into it, then cut out of the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps

from .errors import MissingData
from .photos_reading import read_photo

__all__ = ["ImageFolder", "open_image_folder", "read_square"]

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


@dataclass(frozen=True)
class ImageFolder:
    """A map-style data set: `folder[i]` is a picture, uint8 of (3, size, size), and its class.

    Attributes:
        paths: the files, ordered by class and name
        labels: the number of the class of each file
        classes: the names of the folders, in the order of the numbers
        size: height and width of the pictures, pixels
    """

    paths: tuple[Path, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]
    size: int

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[UInt8[np.ndarray, "3 size size"], int]:
        """Return a picture and its class. Raises FormatError if the file is not a whole picture."""
        return read_square(self.paths[index], self.size), self.labels[index]


def open_image_folder(root: Path, size: int) -> ImageFolder:
    """Return the pictures in the folders under `root`; hidden files and other suffixes are left.

    Raises MissingData if there is no such folder, no class in it, or a class without pictures.
    """
    if not root.is_dir():
        raise MissingData(f"{root} is not a folder: wanted {root}/CLASS/PICTURE")
    folders = sorted(path for path in root.iterdir() if path.is_dir() and _visible(path))
    if not folders:
        raise MissingData(f"{root} has no folders: wanted {root}/CLASS/PICTURE")
    paths: list[Path] = []
    labels: list[int] = []
    for label, folder in enumerate(folders):
        pictures = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
        pictures = [picture for picture in pictures if _visible(picture) and picture.is_file()]
        if not pictures:
            raise MissingData(f"{folder} has no pictures ({', '.join(sorted(SUFFIXES))})")
        paths += pictures
        labels += [label] * len(pictures)
    return ImageFolder(tuple(paths), tuple(labels), tuple(f.name for f in folders), size)


def read_square(path: Path, size: int) -> UInt8[np.ndarray, "3 size size"]:
    """Return the middle of a picture as RGB. Raises FormatError as `read_photo` does."""
    picture = Image.fromarray(read_photo(path))
    square = ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR)
    return np.ascontiguousarray(np.moveaxis(np.asarray(square), -1, 0))  # (3, size, size)


def _visible(path: Path) -> bool:
    return not path.name.startswith(".")
