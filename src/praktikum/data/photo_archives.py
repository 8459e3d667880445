"""Archives of pictures: the folders that are wanted out of them, as `published_archives` unpacks.

A picture goes into a folder of ours under its last name, whatever folders lay above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from .photos_reading import read_photo
from .published_archives import unpack_files

__all__ = ["mask_by_colour", "unpack"]

LARGEST_GROWTH = 20  # times; pictures are packed already, so an archive grows little


def unpack(archive: Path, folders: Mapping[str, str], to: Path) -> None:
    """Put the files that lie in or below `folders` of an archive into folders of `to`, by name.

    Raises BrokenFile if it is neither a whole ZIP file nor a whole tar with gzip, or unpacks to
    more than 20 times its size.
    """
    wanted = {PurePosixPath(inside): to / kind for inside, kind in folders.items()}
    for target in wanted.values():
        target.mkdir(parents=True, exist_ok=True)

    def place(path: PurePosixPath) -> Path | None:
        homes = (target for inside, target in wanted.items() if inside in path.parents)
        return next((home / path.name for home in homes), None)

    kind = "ZIP" if archive.suffix == ".zip" else "tar"
    unpack_files(archive, place, LARGEST_GROWTH, f"{kind} file")


def mask_by_colour(path: Path, background: tuple[int, int, int]) -> None:
    """Write a mask in colours again: a grey PNG, 255 where the colour isn't the background's.

    Raises FormatError if it is no picture.
    """
    other = (read_photo(path) != background).any(axis=2)
    path.unlink()
    Image.fromarray(other.astype(np.uint8) * 255).save(path.with_suffix(".png"))
