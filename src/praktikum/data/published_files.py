"""Files as their publishers made them: looked for, downloaded when asked, always checked.

A file is recognised by the SHA-256 of its content. Of a single gzipped file the content is what it
unpacks to, so that the copies of a publisher and of a distribution, packed by different programs,
have one checksum. Unpacking stops at the known size: a bomb is refused, not unpacked.

A download goes to a temporary name beside its place and is renamed when it has been checked: a
file under its own name is whole, however a run was ended.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.error import URLError
from urllib.request import urlopen

from .errors import BrokenFile, MissingData

__all__ = ["PublishedFile", "fetch", "find", "read_checked"]

CHUNK = 1 << 20  # bytes


@dataclass(frozen=True)
class PublishedFile:
    """A file with a known content.

    Attributes:
        name: its name in a folder
        size: bytes of the content
        sha256: checksum of the content, in hexadecimal; None where only `md5` was published
        mirrors: addresses that serve it, tried in turn
        gzipped: whether the content is what the file unpacks to
        md5: a weaker checksum, looked at where there is no `sha256`
    """

    name: str
    size: int
    sha256: str | None
    mirrors: tuple[str, ...]
    gzipped: bool = False
    md5: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError if there is nothing to check the content by."""
        if self.sha256 is None and self.md5 is None:
            raise ValueError(
                f"{self.name} needs a checksum: sha256, or md5 if that is all there is"
            )


def find(file: PublishedFile, folders: Iterable[Path]) -> Path | None:
    """Return where the file is in the first of the folders that has it."""
    return next((path for folder in folders if (path := folder / file.name).is_file()), None)


def read_checked(file: PublishedFile, path: Path) -> bytes:
    """Return the content, unpacked. Raises BrokenFile if it is not the published one."""
    with path.open("rb") as stream:
        return _checked(file, stream, str(path))


def fetch(file: PublishedFile, folder: Path, timeout: float = 30.0) -> Path:
    """Download the file into the folder and return where it is; `timeout` is in seconds.

    Raises MissingData if no mirror answers and BrokenFile if what the last one sent is not the
    published content; then the folder is left as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    for address in file.mirrors:
        try:
            return _download(file, address, folder, timeout)
        except BrokenFile as broken:
            failures.append(str(broken))
            if address == file.mirrors[-1]:
                raise
        except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
            failures.append(f"{address}: {error}")
    raise MissingData(
        f"{file.name} cannot be downloaded (is there a network?): {'; '.join(failures)}. "
        f"You can bring the file by other means: put it into {folder}"
    )


def _download(file: PublishedFile, address: str, folder: Path, timeout: float) -> Path:
    target = folder / file.name
    descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name}.", dir=folder)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            with urlopen(address, timeout=timeout) as response:
                while chunk := response.read(CHUNK):
                    stream.write(chunk)
                    if (
                        stream.tell() > file.size + CHUNK
                    ):  # packed or not, it is no longer than that
                        break
            stream.seek(0)
            _checked(file, stream, address)
            os.fsync(stream.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def _checked(file: PublishedFile, stream: BinaryIO, place: str) -> bytes:
    """The content of an open file, checked; `place` is named in the error."""
    try:
        unpacked = gzip.GzipFile(fileobj=stream) if file.gzipped else stream
        content = unpacked.read(file.size + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _broken(file, place, f"it does not unpack ({error})") from error
    if len(content) != file.size:
        came = f"more than {file.size}" if len(content) > file.size else str(len(content))
        raise _broken(file, place, f"it must hold {file.size} bytes, came {came}")
    kind, wanted = ("SHA-256", file.sha256) if file.sha256 is not None else ("MD5", file.md5)
    digest = hashlib.new(kind.replace("-", ""), content, usedforsecurity=False).hexdigest()
    if digest != wanted:
        raise _broken(file, place, f"its {kind} must be {wanted}, came {digest}")
    return content


def _broken(file: PublishedFile, place: str, reason: str) -> BrokenFile:
    return BrokenFile(f"{place} is not the published {file.name}: {reason}. Delete it, get it anew")
