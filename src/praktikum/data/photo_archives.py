"""Archives of pictures: the folders that are wanted out of them, unpacked without harm.

Names inside of an archive are never followed: a picture goes into a folder of ours under its last
name, links and hidden files are passed over, and what grows beyond a bound is refused before it
fills the disk.
"""

from __future__ import annotations

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from .errors import BrokenFile
from .photos_reading import read_photo
from .published_archives import members

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
    left = LARGEST_GROWTH * archive.stat().st_size
    kind = "ZIP" if archive.suffix == ".zip" else "tar"
    try:
        with closing(members(archive)) as found:
            for path, size, stream in found:
                left -= size
                if left < 0:
                    raise BrokenFile(
                        f"{archive} unpacks to more than {LARGEST_GROWTH} times its size: refused"
                    )
                if ".." in path.parts or path.name.startswith("."):
                    continue
                for inside, target in wanted.items():
                    if inside in path.parents:
                        with (target / path.name).open("wb") as file:
                            shutil.copyfileobj(stream, file)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error) as error:
        raise BrokenFile(f"{archive} is no whole {kind} file ({error}); get it anew") from error


def mask_by_colour(path: Path, background: tuple[int, int, int]) -> None:
    """Write a mask in colours again: a grey PNG, 255 where the colour isn't the background's.

    Raises FormatError if it is no picture.
    """
    other = (read_photo(path) != background).any(axis=2)
    path.unlink()
    Image.fromarray(other.astype(np.uint8) * 255).save(path.with_suffix(".png"))
