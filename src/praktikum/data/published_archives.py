"""Published archives too large to be held in memory: brought, checked, unpacked.

An archive is checked before it is unpacked: by the size and the checksum that are written in the
code, where these were published. Where none was, the first download is trusted. In either case its
SHA-256 is kept beside it in `NAME.sha256`; whoever knows it can put it there first. From then on
the archive must agree with it, so a set can't change unnoticed between two runs or, if the file
goes with the code, between two machines.

Names inside of an archive are never trusted: what would leave the folder, links and hidden files
are passed over, and what grows beyond a bound is refused before it fills the disk.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.request import urlopen

from .errors import BrokenFile, MissingData

__all__ = ["PublishedArchive", "bring", "check", "download", "unpack_files", "unpack_tree"]

Members = Generator[tuple[PurePosixPath, int, IO[bytes]], None, None]
BROKEN = zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error
LARGEST_GROWTH = 5  # times; sound is packed by a half at most

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishedArchive:
    """A published file, ZIP or a tar with gzip.

    Attributes:
        name: what it is kept as
        address: where it is served
        size: bytes, None where not known
        md5, sha256: its checksums in hexadecimal, None where none was published
    """

    name: str
    address: str
    size: int | None = None
    md5: str | None = None
    sha256: str | None = None


def bring(archive: PublishedArchive, folder: Path, may_download: bool) -> Path:
    """Return where the archive is in the folder, brought if need be, and checked.

    Raises MissingData if it is not there and may not or cannot be downloaded, BrokenFile if it is
    not the one that was published or downloaded first.
    """
    path = folder / archive.name
    if not path.is_file():
        if not may_download:
            raise MissingData(
                f"{path} isn't there: ask for it to be downloaded, or bring it from "
                f"{archive.address}"
            )
        download(archive.address, path)
    check(path, archive.size, archive.md5, archive.sha256)
    return path


def download(address: str, archive: Path, timeout: float = 30.0) -> None:
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


def check(archive: Path, size: int | None, md5: str | None, sha256: str | None = None) -> None:
    """Raise BrokenFile unless size and checksums are right; keep the SHA-256 seen first."""
    came = archive.stat().st_size
    if size is not None and came != size:
        raise BrokenFile(f"{archive} must have {size} bytes, got {came}; delete it, get it anew")
    if md5 is not None:
        _compare(archive, "MD5", md5, _digest(archive, "md5"))
    digest = _digest(archive, "sha256")
    if sha256 is not None:
        _compare(archive, "SHA-256", sha256, digest)
    kept = archive.with_name(f"{archive.name}.sha256")
    if kept.is_file():
        _compare(archive, "SHA-256", kept.read_text().split()[0], digest)
        return
    if md5 is None and sha256 is None:
        log.warning(
            "no checksum of %s is known; trusting what came, SHA-256 %s", archive.name, digest
        )
    kept.write_text(f"{digest}  {archive.name}\n")


def unpack_files(
    archive: Path,
    place: Callable[[PurePosixPath], Path | None],
    largest_growth: int,
    what: str = "archive",
) -> None:
    """Copy the regular files of an archive to where `place` says, None passing one over.

    `place` is not asked about names that would leave a folder, nor about hidden ones. Raises
    BrokenFile if it is no whole `what`, or grows to more than so many times its size.
    """
    left = largest_growth * archive.stat().st_size
    try:
        with closing(_members(archive)) as found:
            for path, size, stream in found:
                left -= size
                if left < 0:
                    raise BrokenFile(
                        f"{archive} unpacks to more than {largest_growth} times its size: refused"
                    )
                target = place(path) if _stays_inside(path) else None
                if target is not None:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("wb") as file:
                        shutil.copyfileobj(stream, file)
    except BROKEN as error:
        raise BrokenFile(f"{archive} is no whole {what} ({error}); get it anew") from error


def unpack_tree(archive: Path, to: Path, wanted: Callable[[PurePosixPath], bool]) -> None:
    """Put the files whose names are wanted below the folder `to`, which appears when complete.

    Raises BrokenFile if it is no whole archive, or grows to more than 5 times its size.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent) as temporary:
        whole = Path(temporary) / "whole"
        whole.mkdir()
        unpack_files(archive, lambda path: whole / path if wanted(path) else None, LARGEST_GROWTH)
        whole.rename(to)


def _members(archive: Path) -> Members:
    """Yield the regular files of a ZIP or a tar with gzip: name, size, content."""
    return _zipped(archive) if archive.suffix == ".zip" else _tarred(archive)


def _stays_inside(path: PurePosixPath) -> bool:
    strange = any(part == ".." or part.startswith(".") for part in path.parts)
    return bool(path.parts) and not strange and not path.is_absolute()


def _digest(archive: Path, kind: str) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, kind).hexdigest()


def _compare(archive: Path, kind: str, wanted: str, got: str) -> None:
    if got != wanted:
        raise BrokenFile(f"{archive}: its {kind} must be {wanted}, got {got}; get it anew")


def _zipped(archive: Path) -> Members:
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            if not entry.is_dir():
                with packed.open(entry) as stream:
                    yield PurePosixPath(entry.filename), entry.file_size, stream


def _tarred(archive: Path) -> Members:
    with tarfile.open(archive, "r|gz") as packed:
        for entry in packed:
            stream = packed.extractfile(entry) if entry.isreg() else None
            if stream is not None:
                yield PurePosixPath(entry.name), entry.size, stream
