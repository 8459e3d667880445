"""Published sets of photos with masks of people, by name.

    open_photos("penn-fudan", download=True)

An archive is checked before it is unpacked: by the size and the MD5 that are written here, where
these were published. Where no checksum was, the first download is trusted. In either case its
SHA-256 is kept beside it in `NAME.zip.sha256`; whoever knows it can put it there first. From then
on the archive must agree with it, so a set can't change unnoticed between two runs or, if the file
goes with the code, between two machines.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.request import urlopen

from .catalogue import DATA_FOLDER
from .errors import BrokenFile, MissingData
from .photos import PhotosDataset
from .photos_reading import Foreground

__all__ = ["PHOTO_SETS", "PhotoSet", "open_photos"]

LARGEST_GROWTH = 20  # times; pictures are packed already, so an archive grows little


@dataclass(frozen=True)
class PhotoSet:
    """A published archive of photos and masks.

    Attributes:
        address: where the ZIP file is served
        images, masks: the folders inside of it
        mask_suffix, foreground: as for `PhotosDataset`
        size: bytes of the archive, None where not known
        md5: its checksum in hexadecimal, None where none was published
        source: who made it
    """

    address: str
    images: str
    masks: str
    mask_suffix: str
    foreground: Foreground
    size: int | None
    md5: str | None
    source: str


PHOTO_SETS = {
    "penn-fudan": PhotoSet(
        address="https://www.cis.upenn.edu/~jshi/ped_html/PennFudanPed.zip",
        images="PennFudanPed/PNGImages",
        masks="PennFudanPed/PedMasks",
        mask_suffix="_mask",
        foreground="nonzero",  # a mask numbers its pedestrians
        size=53_723_336,
        md5="5aaa3dee905cef73325923716e38fc6d",  # as the library Avalanche checks it
        source="Wang, Shi, Song, Shen, 2007: 170 street scenes with 345 pedestrians",
    ),
    "portraits": PhotoSet(
        address="https://paddleseg.bj.bcebos.com/humanseg/data/mini_supervisely.zip",
        images="mini_supervisely/Images",
        masks="mini_supervisely/Annotations",
        mask_suffix="",
        foreground="nonzero",
        size=None,
        md5=None,
        source="Supervisely Person (2018), the selection that PaddleSeg serves: people, mostly "
        "portraits",
    ),
}


def open_photos(
    name: str,
    folder: Path = DATA_FOLDER,
    download: bool = False,
    transforms: Callable[..., Any] | None = None,
) -> PhotosDataset:
    """Return a set by its name; `folder` keeps the archive and what it unpacks to.

    Raises MissingData if there is no such set, or it isn't there and `download` is False;
    BrokenFile if the archive isn't the one that was published or downloaded first.
    """
    if name not in PHOTO_SETS:
        raise MissingData(f"there is no set {name!r}; known are {', '.join(PHOTO_SETS)}")
    photo_set, home = PHOTO_SETS[name], folder / name
    if not home.is_dir():
        archive = folder / f"{name}.zip"
        if not archive.is_file():
            if not download:
                raise MissingData(
                    f"{archive} isn't there: ask for it to be downloaded, or bring it from "
                    f"{photo_set.address}"
                )
            _download(photo_set.address, archive)
        _check(photo_set, archive)
        _unpack(photo_set, archive, home)
    return PhotosDataset(
        home / "images",
        home / "masks",
        transforms,
        foreground=photo_set.foreground,
        mask_suffix=photo_set.mask_suffix,
    )


def _download(address: str, archive: Path, timeout: float = 30.0) -> None:
    """Put the file at `archive` under its own name only when it is whole; seconds of silence."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    partial = archive.with_name(f".{archive.name}.partial")
    try:
        with urlopen(address, timeout=timeout) as response, partial.open("wb") as file:
            shutil.copyfileobj(response, file)
        partial.replace(archive)
    except (OSError, HTTPException) as error:  # URLError and timeouts are OSErrors
        raise MissingData(
            f"{address} cannot be downloaded ({error}); is there a network? You can bring the "
            f"file by other means: save it as {archive}"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _check(photo_set: PhotoSet, archive: Path) -> None:
    """Raise BrokenFile unless size and checksums are right; keep the SHA-256 seen first."""
    size = archive.stat().st_size
    if photo_set.size is not None and size != photo_set.size:
        raise BrokenFile(
            f"{archive} must have {photo_set.size} bytes, got {size}; delete it, get it anew"
        )
    if photo_set.md5 is not None:
        _compare(archive, "MD5", photo_set.md5, _digest(archive, "md5"))
    digest = _digest(archive, "sha256")
    kept = archive.with_name(f"{archive.name}.sha256")
    if kept.is_file():
        _compare(archive, "SHA-256", kept.read_text().split()[0], digest)
        return
    if photo_set.md5 is None:
        logging.getLogger(__name__).warning(
            "no checksum of %s is known; trusting what came, SHA-256 %s", archive.name, digest
        )
    kept.write_text(f"{digest}  {archive.name}\n")


def _digest(archive: Path, kind: str) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def _compare(archive: Path, kind: str, wanted: str, got: str) -> None:
    if got != wanted:
        raise BrokenFile(f"{archive}: its {kind} must be {wanted}, got {got}; get it anew")


def _unpack(photo_set: PhotoSet, archive: Path, home: Path) -> None:
    """Fill `home` with images/ and masks/; it appears only when it is complete."""
    with tempfile.TemporaryDirectory(dir=home.parent) as temporary:
        try:
            with zipfile.ZipFile(archive) as packed:
                _copy_members(packed, photo_set, Path(temporary), archive)
        except zipfile.BadZipFile as error:
            raise BrokenFile(f"{archive} is no whole ZIP file ({error}); get it anew") from error
        (Path(temporary) / "whole").rename(home)


def _copy_members(
    packed: zipfile.ZipFile, photo_set: PhotoSet, temporary: Path, archive: Path
) -> None:
    wanted = {PurePosixPath(photo_set.images): "images", PurePosixPath(photo_set.masks): "masks"}
    members = [entry for entry in packed.infolist() if not entry.is_dir()]
    if sum(entry.file_size for entry in members) > LARGEST_GROWTH * archive.stat().st_size:
        raise BrokenFile(f"{archive} unpacks to more than {LARGEST_GROWTH} times its size: refused")
    for kind in wanted.values():
        (temporary / "whole" / kind).mkdir(parents=True)
    for entry in members:
        path = PurePosixPath(entry.filename)
        if path.parent in wanted:  # so a name that climbs out of the folder is passed over
            target = temporary / "whole" / wanted[path.parent] / path.name
            with packed.open(entry) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
