"""Catalogues of gettext: what programs say, and what translators made of it.

A compiled catalogue (.mo) holds strings and their translations in two tables (GNU gettext's manual,
"The format of GNU MO files"). They are on most machines: Django carries its own, and a Linux system
has those of its programs where its languages are installed. Here both sides are read as they are;
what of it makes a pair to learn from is decided in `translations`.

Licences: a catalogue is under that of its program. Django's is BSD-3-Clause; for those of a Debian
system, see /usr/share/doc/PACKAGE/copyright. Nothing of them is copied into this project.
"""

from __future__ import annotations

import importlib.util
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .errors import BrokenFile, FormatError

__all__ = ["SYSTEM_FOLDERS", "catalogues_of_package", "catalogues_of_system", "read_catalogue"]

SYSTEM_FOLDERS = (
    Path("/usr/share/locale"),
    Path("/usr/share/locale-langpack"),
    Path("/usr/local/share/locale"),
    Path(sys.base_prefix, "share", "locale"),
)
"""Where systems keep the catalogues of their programs."""

LITTLE_ENDIAN, BIG_ENDIAN = b"\xde\x12\x04\x95", b"\x95\x04\x12\xde"
SINGULAR, MANY = 0, 2  # the Russian forms for 1 file and for 5 files
_CHARSET = re.compile(rb"charset=([\w.-]+)")


def catalogues_of_package(package: str, language: str = "ru") -> list[Path]:
    """Return the catalogues that a Python package carries, without importing it; none without it.

    >>> catalogues_of_package("no_such_package")
    []
    """
    found = importlib.util.find_spec(package)
    folders = (found.submodule_search_locations if found else None) or ()
    pattern = f"locale/{language}/LC_MESSAGES/*.mo"
    return sorted(path for folder in folders for path in Path(folder).rglob(pattern))


def catalogues_of_system(
    language: str = "ru", folders: Sequence[Path] = SYSTEM_FOLDERS
) -> list[Path]:
    """Return the catalogues of the system's programs, by name; of two of a name the first."""
    named: dict[str, Path] = {}
    for folder in folders:
        for path in (folder / language / "LC_MESSAGES").glob("*.mo"):
            named.setdefault(path.name, path)
    return [named[name] for name in sorted(named)]


def read_catalogue(path: Path) -> list[tuple[str, str]]:
    """Return strings and their translations, in the file's order, without the header.

    A string that depends on a number gives two pairs: that for one, and that for many. Contexts,
    which tell equal strings apart, are left out.

    Raises:
        BrokenFile: it is torn, or is no compiled catalogue.
        FormatError: its text is not in the encoding that it names.
    """
    content = path.read_bytes()
    try:
        sources, targets = _tables(content)
        header = next((t for s, t in zip(sources, targets, strict=True) if not s), b"")
        charset = _CHARSET.search(header)
        encoding = charset[1].decode() if charset else "utf-8"
        entries = [
            (source.decode(encoding), target.decode(encoding))
            for source, target in zip(sources, targets, strict=True)
        ]
    except (struct.error, IndexError) as error:
        raise BrokenFile(f"{path} is no whole catalogue of gettext ({error})") from error
    except (UnicodeDecodeError, LookupError) as error:
        raise FormatError(f"{path}: its text cannot be read: {error}") from error
    return [pair for entry in entries for pair in _pairs(*entry)]


def _tables(content: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return the strings of both tables. Raises struct.error or IndexError: they are not there."""
    order = {LITTLE_ENDIAN: "<", BIG_ENDIAN: ">"}.get(content[:4])
    if order is None:
        raise IndexError("its first four bytes are others")
    count, sources, targets = struct.unpack_from(f"{order}3I", content, 8)

    def table(offset: int) -> list[bytes]:
        places = struct.unpack_from(f"{order}{2 * count}I", content, offset)
        strings = []
        for length, start in zip(places[::2], places[1::2], strict=True):
            if start + length > len(content):
                raise IndexError("a string would end after the file")
            strings.append(content[start : start + length])
        return strings

    return table(sources), table(targets)


def _pairs(source: str, target: str) -> Iterator[tuple[str, str]]:
    """Yield the pairs of an entry: one, or those for one thing and for many."""
    if not source:
        return
    one, *many = source.rpartition("\x04")[2].split("\0")
    forms = target.split("\0")
    yield one, forms[SINGULAR]
    if many and len(forms) > MANY:
        yield many[0], forms[MANY]
