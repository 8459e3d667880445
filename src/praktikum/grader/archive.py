"""An archive of files from an untrusted place: opened, bounded, and never unpacked to a disk.

Only entries with expected names are read, each up to a limit of bytes, so neither the number of
entries nor what they claim to unfold to matters; links and paths in it are names like any other.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from praktikum.checks import Text
from praktikum.grader.submission import Submission, SubmissionError

__all__ = [
    "MAX_ARCHIVE",
    "MAX_ENTRY",
    "Entries",
    "attach",
    "entries_of",
    "read_archive",
    "with_archive",
]

MAX_ARCHIVE = 4 * 2**20
"""Bytes of the archive as it is handed in."""

MAX_ENTRY = 64 * 2**10
"""Bytes of one file in it, unpacked."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1


@dataclass(frozen=True, slots=True)
class Entries:
    """What an archive holds.

    Attributes:
        contents: the bytes of the expected files that can be read, by name.
        refused: why the others that are there cannot be, by name.
        strangers: names that nobody asked for, in the order of the archive.
    """

    contents: dict[str, bytes]
    refused: dict[str, Text]
    strangers: tuple[str, ...]


def read_archive(path: Path) -> bytes:
    """Return the bytes of the file ``path``; a link is not followed.

    Raises:
        SubmissionError: it is a link or no file, too large, or cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SubmissionError(_NO_FILE.format(name=path.name))
            if status.st_size > MAX_ARCHIVE:
                raise SubmissionError(_too_large(path.name, status.st_size))
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(MAX_ARCHIVE)
        finally:
            os.close(descriptor)
    except OSError as error:
        text = _NO_FILE if path.is_symlink() else _UNREADABLE
        raise SubmissionError(text.format(name=path.name, why=error.strerror)) from None


def with_archive(submission: Submission, path: Path) -> Submission:
    """Return the submission with the archive ``path`` that lies beside it, if one does.

    One that cannot be read costs what it should have held: a note says why.
    """
    if not os.path.lexists(path):
        return submission
    try:
        archive = read_archive(path)
    except SubmissionError as error:
        digest = _joint(submission.digest, error.text.en.encode())
        return replace(submission, digest=digest, notes=(*submission.notes, error.text))
    return attach(submission, archive)


def attach(submission: Submission, archive: bytes) -> Submission:
    """Return the submission with the bytes of an archive that came with it."""
    return replace(submission, digest=_joint(submission.digest, archive), archive=archive)


def entries_of(content: bytes, expected: Collection[str], name: str) -> Entries:
    """Return what the zip archive ``content``, called ``name``, holds of ``expected`` names.

    Raises:
        SubmissionError: it is no zip archive.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except Exception:  # whatever the parser raises at foreign bytes, they are to blame
        raise SubmissionError(_NO_ZIP.format(name=name)) from None
    found = Entries({}, {}, tuple(each for each in archive.namelist() if each not in expected))
    for entry in archive.infolist():
        if entry.filename not in expected:
            continue
        if entry.filename in found.contents or entry.filename in found.refused:
            found.contents.pop(entry.filename, None)
            found.refused[entry.filename] = _TWICE
        elif (why := _refusal(entry)) is not None:
            found.refused[entry.filename] = why
        else:
            _read_entry(archive, entry, found)
    return found


def _joint(digest: str, further: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(digest) + hashlib.sha256(further).digest()).hexdigest()


def _refusal(entry: zipfile.ZipInfo) -> Text | None:
    if entry.flag_bits & _ENCRYPTED:
        return _LOCKED
    if entry.compress_type not in _METHODS:
        return _METHOD
    return None


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, found: Entries) -> None:
    try:
        with archive.open(entry) as file:
            content = file.read(MAX_ENTRY + 1)  # no more is unpacked, whatever the entry says
    except Exception:  # as above
        found.refused[entry.filename] = _DAMAGED
        return
    if len(content) > MAX_ENTRY:
        found.refused[entry.filename] = _LARGE_ENTRY
    else:
        found.contents[entry.filename] = content


def _too_large(name: str, size: int) -> Text:
    return _TOO_LARGE.format(name=name, size=-(-size // 2**20), limit=MAX_ARCHIVE // 2**20)


_NO_FILE = Text(
    ru="{name}: нужен обычный файл, а не ссылка и не папка.",
    en="{name}: a plain file is wanted, neither a link nor a folder.",
)
_TOO_LARGE = Text(
    ru="{name}: {size} МБ при пределе {limit} МБ.",
    en="{name}: {size} MB, the limit is {limit} MB.",
)
_UNREADABLE = Text(
    ru="{name}: файл не читается ({why}).", en="{name}: the file cannot be read ({why})."
)
_NO_ZIP = Text(ru="{name}: это не архив zip.", en="{name}: this is not a zip archive.")
_TWICE = Text(ru="встречается в архиве дважды", en="twice in the archive")
_LOCKED = Text(ru="закрыт паролем", en="locked by a password")
_METHOD = Text(ru="сжат не обычным для zip способом", en="packed by an unusual method")
_DAMAGED = Text(ru="повреждён в архиве", en="damaged in the archive")
_LARGE_ENTRY = Text(ru=f"больше {MAX_ENTRY // 1024} КБ", en=f"larger than {MAX_ENTRY // 1024} KB")
