"""Works at a task that are alike: the newest readable one of each student, by its fingerprints."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from praktikum.course.pack import Pack
from praktikum.grader.fingerprints import shared_lines
from praktikum.grader.similar_works import Likeness, of_cells, similar_pairs
from praktikum.grader.submission import SubmissionError, read_submission
from praktikum.site.classroom.models import Attempt, StoredFile
from praktikum.site.people.models import User

__all__ = ["SharedCell", "Side", "newest_works", "pairs", "side_by_side"]

Line = tuple[str, bool]
"""A line of code, and whether the other work has it too."""


@dataclass(frozen=True, slots=True)
class SharedCell:
    """A cell of a work, line by line."""

    lines: tuple[Line, ...]

    @property
    def is_shared(self) -> bool:
        """Whether the other work has any line of it."""
        return any(shared for _, shared in self.lines)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two works that are looked at together: whose it is, and its cells."""

    attempt: Attempt
    cells: tuple[SharedCell, ...]


def newest_works(task: str, students: Iterable[User]) -> dict[str, Attempt]:
    """Return the newest attempt of each of these students, by public name."""
    attempts = Attempt.objects.filter(task=task, student__in=list(students))
    newest = {each.student_id: each for each in attempts.select_related("student")}
    return {str(each.public): each for each in newest.values()}


def pairs(pack: Pack, works: dict[str, Attempt], most: int | None) -> list[Likeness]:
    """Return the pairs of works that are alike; those that cannot be read are like nothing.

    What more than ``most`` works have is left out.
    """
    found = {public: _held(each.file_id, each.source) for public, each in works.items()}
    return similar_pairs(found, _given(pack.starter), most=most)


def side_by_side(pack: Pack, one: Attempt, other: Attempt) -> tuple[Side, Side]:
    """Return both works with the lines that they share and were not given."""
    given = _given(pack.starter)
    first, second = (of_cells(_cells(each.file_id, each.source)) for each in (one, other))
    return (
        _side(one, shared_lines(first, second.keys(), given)),
        _side(other, shared_lines(second, first.keys(), given)),
    )


def _side(attempt: Attempt, shared: frozenset[int]) -> Side:
    cells: list[SharedCell] = []
    above = 0
    for source in _cells(attempt.file_id, attempt.source):
        lines = source.splitlines()
        numbered = enumerate(lines, start=above + 1)
        cells.append(SharedCell(tuple((line, number in shared) for number, line in numbered)))
        above += len(lines)
    return Side(attempt, tuple(cells))


@lru_cache(maxsize=2048)  # some 50 KB each
def _held(digest: str, source: str) -> frozenset[int]:
    """Return the fingerprints of a stored file; it takes some 30 ms to make them."""
    return frozenset(of_cells(_cells(digest, source)))


def _cells(digest: str, source: str) -> list[str]:
    """Return the code cells of a stored file; none where it cannot be read."""
    content = bytes(StoredFile.objects.get(digest=digest).content)
    with tempfile.TemporaryDirectory(prefix="praktikum-") as folder:
        path = Path(folder) / f"work{Path(source).suffix}"
        path.write_bytes(content)
        try:
            return [cell.source for cell in read_submission(path).cells]
        except SubmissionError:
            return []


@lru_cache(maxsize=16)
def _given(starter: tuple[str, ...]) -> frozenset[int]:
    return frozenset(of_cells(starter))
