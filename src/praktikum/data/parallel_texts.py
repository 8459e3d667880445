"""Pairs of a text and its translation, from the catalogues of this machine or from a file.

| name | pairs | where they come from |
|---|---|---|
| `catalogues` | 1,600 with Django and Sphinx, 48,000 with a Debian desktop's | what is installed |
| `file` | as many as it has | a file of your own, such as those of Tatoeba |

How much the catalogues have depends on the machine, so a quality reached with them is to be stated
with the number of pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .errors import FormatError, MissingData
from .gettext_catalogues import (
    SYSTEM_FOLDERS,
    catalogues_of_package,
    catalogues_of_system,
    read_catalogue,
)
from .translations import Translation, clean_pairs

__all__ = ["PACKAGES", "available_catalogues", "catalogue_pairs", "parse_pairs", "read_pairs"]

PACKAGES = ("django", "sphinx")
TOLD = 10  # mistakes of a file that are told, of however many


def available_catalogues(
    packages: Sequence[str] = PACKAGES, folders: Sequence[Path] = SYSTEM_FOLDERS
) -> list[Path]:
    """Return the Russian catalogues of this machine: those of packages, then the system's.

    Raises MissingData: there are none.
    """
    found = [path for package in packages for path in catalogues_of_package(package)]
    found += catalogues_of_system(folders=folders)
    if not found:
        raise MissingData(
            "catalogues: no Russian translations of programs are here. `pip install django` brings "
            "some, a Linux system with Russian more; or take a file of pairs (name='file')"
        )
    return found


def catalogue_pairs(paths: Iterable[Path]) -> list[Translation]:
    """Return what catalogues have to learn from, cleaned, each source once.

    Raises BrokenFile or FormatError, see `read_catalogue`.
    """
    return clean_pairs(pair for path in paths for pair in read_catalogue(path))


def read_pairs(path: Path) -> list[Translation]:
    """Return the pairs of a file of your own, see `parse_pairs`.

    Raises MissingData if it is not there, FormatError if it does not follow the format.
    """
    if not path.is_file():
        raise MissingData(
            f"{path} is not there: wanted a text file of pairs, a line each, such as rus.txt of "
            "manythings.org/anki or a file of sentence pairs of tatoeba.org"
        )
    try:
        return parse_pairs(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise FormatError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error


def parse_pairs(content: str) -> list[Translation]:
    """Return the pairs of lines with tabs between columns, as they stand, each source once.

    A line has two columns, source and target; or three, whose last says who wrote them
    (ManyThings); or four, where each side has its number before it (Tatoeba). Of several
    translations of a source the first is kept.

    Raises FormatError that tells the first lines that are none of these.
    """
    pairs: dict[str, str] = {}
    mistakes = []
    for number, line in enumerate(content.splitlines(), start=1):
        columns = [column.strip() for column in line.removeprefix("\ufeff").split("\t")]
        sides = columns[1::2] if len(columns) == 4 else columns[:2]
        if not 2 <= len(columns) <= 4 or not all(sides):
            mistakes.append(f"line {number}: wanted source, tab and target, got {line[:60]!r}")
        else:
            pairs.setdefault(*sides)
    if mistakes:
        more = f"\nand {len(mistakes) - TOLD} lines more" if len(mistakes) > TOLD else ""
        raise FormatError("\n".join(mistakes[:TOLD]) + more)
    return [Translation(source, target) for source, target in pairs.items()]
