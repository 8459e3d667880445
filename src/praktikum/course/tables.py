"""A TOML table read key by key, with every mistake told at once.

Each mistake is one line, ``FILE: PLACE: what was wanted, what came``. Keys that nobody took are
mistakes too, so a misspelt rule cannot be silently ignored. Numbers are read as ``Decimal``.

Errors::

    CourseError(ValueError)    course.toml, task.toml or seminar.toml is not as it must be
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Generic, TypeVar

from praktikum.checks import LANGUAGES, Text

__all__ = [
    "FLAG",
    "IDENTIFIER",
    "NAME",
    "POINTS",
    "TEXT",
    "WHOLE",
    "CourseError",
    "Kind",
    "Table",
    "listed",
    "matching",
    "one_of",
    "open_table",
]

T = TypeVar("T")
D = TypeVar("D")


class CourseError(ValueError):
    """A file of the course is wrong; ``problems`` has one line for each mistake."""

    def __init__(self, file: Path | str, problems: Collection[str]) -> None:
        self.problems = tuple(f"{file}: {problem}" for problem in problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How a value is read.

    Attributes:
        read: returns the value, or raises ``ValueError`` with what is wanted.
        neutral: stands in for a value that was refused, until all mistakes are told.
    """

    read: Callable[[object], T]
    neutral: T


class Table:
    """One table of the file: takes its keys one by one and collects what is wrong with them."""

    def __init__(self, values: dict[str, object], place: str, problems: list[str]) -> None:
        self._left = dict(values)
        self._place = place
        self._problems = problems

    def take(self, key: str, kind: Kind[T]) -> T:
        """Return the value of a key that must be there."""
        if key not in self._left:
            self.complain(key, "is missing")
            return kind.neutral
        value = self._left.pop(key)
        try:
            return kind.read(value)
        except ValueError as error:
            self.complain(key, f"wanted {error}, got {_shown(value)}")
            return kind.neutral

    def take_or(self, key: str, kind: Kind[T], default: D) -> T | D:
        """Return the value of a key, or ``default`` where it isn't there."""
        return self.take(key, kind) if key in self._left else default

    def table(self, key: str) -> Table:
        """Return the table under a key that must be there."""
        return Table(self.take(key, _TABLE), self._at(key), self._problems)

    def tables(self, key: str) -> list[Table]:
        """Return the tables ``[[key]]``, of which there must be at least one."""
        rows = self.take(key, listed(_TABLE, at_least=1))
        return [
            Table(row, f"{self._at(key)}[{place}]", self._problems)
            for place, row in enumerate(rows)
        ]

    def has(self, key: str) -> bool:
        """Return whether the key is there and has not been taken yet."""
        return key in self._left

    def complain(self, key: str, what: str) -> None:
        """Keep a mistake: ``what`` is wrong with ``key``."""
        self._problems.append(f"{self._at(key)}: {what}")

    def done(self) -> None:
        """Complain about the keys that nobody took."""
        for key in self._left:
            self.complain(key, "there is no such key")

    def _at(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key


def open_table(path: Path) -> tuple[Table, list[str]]:
    """Return the whole file as a table, and the list in which its mistakes are kept.

    Raises:
        CourseError: the file cannot be read or isn't TOML in UTF-8.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise CourseError(path, [f"cannot be read: {error.strerror}"]) from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are both of this kind
        raise CourseError(path, [f"is not TOML in UTF-8: {error}"]) from error
    problems: list[str] = []
    return Table(values, "", problems), problems


def matching(pattern: str, wanted: str) -> Kind[str]:
    """Return the kind of strings that match a regular expression from end to end."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(wanted)
        return value

    return Kind(read, "")


def one_of(*names: str) -> Kind[str]:
    """Return the kind of strings that are one of ``names``."""
    return matching("|".join(map(re.escape, names)), " or ".join(f"'{name}'" for name in names))


def listed(kind: Kind[T], at_least: int = 0) -> Kind[tuple[T, ...]]:
    """Return the kind of lists whose elements are all of ``kind``."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) < at_least:
            raise ValueError("a list" if at_least == 0 else f"a list of at least {at_least}")
        return tuple(kind.read(element) for element in value)

    return Kind(read, ())


def _read_points(value: object) -> Decimal:
    wanted = "a number of points, 0 or more"
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError(wanted)
    try:
        points = Decimal(value)
    except InvalidOperation as error:
        raise ValueError(wanted) from error
    if not points.is_finite() or points < 0:
        raise ValueError(wanted)
    return points


def _read_whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number, 0 or more")
    return value


def _read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _read_text(value: object) -> Text:
    wanted = 'a text in both languages, { ru = "…", en = "…" }'
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise ValueError(wanted)
    if not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise ValueError(wanted)
    return Text(ru=value["ru"], en=value["en"])


def _read_table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError("a table")
    return value


def _shown(value: object) -> str:
    text = repr(str(value)) if isinstance(value, str | Decimal) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"


POINTS = Kind(_read_points, Decimal(0))
WHOLE = Kind(_read_whole, 0)
FLAG = Kind(_read_flag, False)
TEXT = Kind(_read_text, Text("", ""))
IDENTIFIER = matching(r"[a-z][a-z0-9_-]*", "a name of lower-case letters, digits, '_' and '-'")
NAME = matching(r"\S.*", "a text that is not empty")
_TABLE: Kind[dict[str, object]] = Kind(_read_table, {})
