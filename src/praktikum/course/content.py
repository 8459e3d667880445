"""Where a course lies on disk, and its units."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import praktikum
from praktikum.course.calendar import Course, CourseError, read_course
from praktikum.course.unit import Unit, read_unit, verify_against_course

__all__ = ["Content", "find_course", "open_content"]

_FILE = Path("content") / "course.toml"


class Content:
    """A course and its units, read from the folder of its ``course.toml``."""

    def __init__(self, path: Path) -> None:
        """Read the course file and every unit that it names.

        Raises:
            CourseError: with every mistake of the first file that has one.
        """
        self.path = path
        self.course: Course = read_course(path)
        self.units: dict[str, Unit] = {unit.id: unit for unit in self._read()}

    def unit(self, name: str) -> Unit:
        """Return the unit of that id, or the only one whose id begins so: ``t1``, ``s03``.

        Raises:
            CourseError: there is none, or more than one.
        """
        matching = [unit for id, unit in self.units.items() if id == name or id.startswith(name)]
        exact = [unit for unit in matching if unit.id == name]
        if len(exact or matching) != 1:
            known = ", ".join(self.units) or "none"
            raise CourseError(self.path, [f"no single unit is called {name!r}; there are: {known}"])
        return (exact or matching)[0]

    @property
    def tasks(self) -> list[Unit]:
        """The units that are graded."""
        return [unit for unit in self.units.values() if unit.deadline is not None]

    def only_task(self, among: Collection[str] = ()) -> Unit:
        """Return the task that is meant: the only one of those named in ``among``, or of all.

        Raises:
            CourseError: there is none, or one has to be chosen.
        """
        named = [unit for unit in self.tasks if unit.id in among] or self.tasks
        if len(named) != 1:
            known = ", ".join(unit.id for unit in named) or "none"
            raise CourseError(self.path, [f"which task is meant? there are: {known}"])
        return named[0]

    def _read(self) -> Iterator[Unit]:
        folders = [seminar.unit for seminar in self.course.seminars]
        folders += [task.unit for task in self.course.tasks]
        for folder in folders:
            if folder is not None:
                unit = read_unit(self.path.parent / folder)
                verify_against_course(unit, self.course)
                yield unit


def find_course(start: Path) -> Path:
    """Return the course file of ``start`` or of a folder above it, else that of this checkout.

    Raises:
        CourseError: there is none.
    """
    checkout = Path(praktikum.__file__).parents[2]
    for folder in (start.resolve(), *start.resolve().parents, checkout):
        for candidate in (folder / _FILE, folder / "course.toml"):
            if candidate.is_file():
                return candidate
    raise CourseError(start, ["no content/course.toml here or above; name it with --course"])


def open_content(path: Path | None) -> Content:
    """Return the content of the course file ``path``, or of the one found from here upwards."""
    return Content(path or find_course(Path.cwd()))
