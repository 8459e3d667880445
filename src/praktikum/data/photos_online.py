"""Published sets of photos with masks of people, by name.

    open_photos("penn-fudan", download=True)

| name | photos | what is to be found |
|---|---|---|
| `penn-fudan` | 170 street scenes | 345 pedestrians |
| `portraits` | 2,927 faces of Labeled Faces in the Wild, 250×250 | the head: skin and hair |

Archives are brought and checked by `published_archives`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .catalogue import DATA_FOLDER
from .errors import MissingData
from .photo_archives import mask_by_colour, unpack
from .photos import PhotosDataset
from .photos_reading import Foreground
from .published_archives import PublishedArchive, bring

__all__ = ["PHOTO_SETS", "PhotoArchive", "PhotoSet", "open_photos"]

BLUE = (0, 0, 255)


@dataclass(frozen=True)
class PhotoArchive(PublishedArchive):
    """A published file.

    Attributes:
        folders: those inside of it that hold photos, "images", or "masks"
    """

    folders: dict[str, str] = field(kw_only=True)


@dataclass(frozen=True)
class PhotoSet:
    """Published photos and masks.

    Attributes:
        archives: where they are
        mask_suffix, foreground: as for `PhotosDataset`
        source: who made it
        background: the colour of what is not wanted, if masks are in colours; photos without a
            mask are left out then
    """

    archives: tuple[PhotoArchive, ...]
    mask_suffix: str
    foreground: Foreground
    source: str
    background: tuple[int, int, int] | None = None


PHOTO_SETS = {
    "penn-fudan": PhotoSet(
        archives=(
            PhotoArchive(
                name="penn-fudan.zip",
                address="https://www.cis.upenn.edu/~jshi/ped_html/PennFudanPed.zip",
                folders={"PennFudanPed/PNGImages": "images", "PennFudanPed/PedMasks": "masks"},
                size=53_723_336,
                md5="5aaa3dee905cef73325923716e38fc6d",  # as the library Avalanche checks it
            ),
        ),
        mask_suffix="_mask",
        foreground="nonzero",  # a mask numbers its pedestrians
        source="Wang, Shi, Song, Shen, 2007: 170 street scenes with 345 pedestrians",
    ),
    "portraits": PhotoSet(
        archives=(
            PhotoArchive(
                name="parts_lfw_funneled_gt_images.tgz",
                address="http://vis-www.cs.umass.edu/lfw/part_labels/"
                "parts_lfw_funneled_gt_images.tgz",
                folders={"parts_lfw_funneled_gt_images": "masks"},
                size=None,
                md5="3e7e26e801c3081d651c8c2ef3c45cfc",
            ),
            PhotoArchive(
                name="lfw-funneled.tgz",
                address="https://ndownloader.figshare.com/files/5976015",  # scikit-learn's mirror
                folders={"lfw_funneled": "images"},
                size=None,
                md5="1b42dfed7d15c9b2dd63d5e5840c86ad",  # as torchvision checks it
            ),
        ),
        mask_suffix="",
        foreground="half",
        source="Huang, Ramesh, Berg, Learned-Miller, 2007; parts: Kae, Sohn, Lee, Learned-Miller, "
        "2013",
        background=BLUE,  # skin is green, hair is red
    ),
}


def open_photos(
    name: str,
    folder: Path = DATA_FOLDER,
    download: bool = False,
    transforms: Callable[..., Any] | None = None,
) -> PhotosDataset:
    """Return a set by its name; `folder` keeps its archives and what they unpack to.

    Raises MissingData if there is no such set, or it isn't there and `download` is False;
    BrokenFile if an archive isn't the one that was published or downloaded first.
    """
    if name not in PHOTO_SETS:
        raise MissingData(f"there is no set {name!r}; known are {', '.join(PHOTO_SETS)}")
    photo_set, home = PHOTO_SETS[name], folder / name
    if not home.is_dir():
        for archive in photo_set.archives:
            bring(archive, folder, download)
        _lay_out(photo_set, folder, home)
    return PhotosDataset(
        home / "images",
        home / "masks",
        transforms,
        foreground=photo_set.foreground,
        mask_suffix=photo_set.mask_suffix,
    )


def _lay_out(photo_set: PhotoSet, folder: Path, home: Path) -> None:
    """Fill `home` with images/ and masks/; it appears only when it is complete."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        whole = Path(temporary) / "whole"
        for archive in photo_set.archives:
            unpack(folder / archive.name, archive.folders, whole)
        if photo_set.background is not None:
            for path in (whole / "masks").iterdir():
                mask_by_colour(path, photo_set.background)
            masked = {path.stem for path in (whole / "masks").iterdir()}
            for path in (whole / "images").iterdir():
                if path.stem not in masked:
                    path.unlink()
        whole.rename(home)
