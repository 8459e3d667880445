"""The course as its folder is now: what the site computes with.

It is read again when a file of it changes, so a changed rule or deadline holds from the next page
on. If a file is wrong then, the course goes on as it was and ``problem`` says what is wrong.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from django.conf import settings

from praktikum.checks import CheckError
from praktikum.course.calendar import Course, CourseError
from praktikum.course.check_modules import check_files
from praktikum.course.content import Content, find_course
from praktikum.course.pack import Pack, PackError, pack_unit
from praktikum.grader.tally import CheckedUnit
from praktikum.site.classroom.models import CourseVersion

__all__ = ["LoadedCourse", "course_now", "record_version"]


@dataclass(frozen=True)
class LoadedCourse:
    """A course that was read.

    Attributes:
        content: the course and its units.
        packs: of the tasks that are graded here, by the task's id.
        digest: of all files by which points become marks.
        problem: what is wrong with the files as they are by now; empty: nothing.
    """

    content: Content
    packs: Mapping[str, Pack]
    digest: str
    problem: str = ""

    @property
    def course(self) -> Course:
        return self.content.course

    @property
    def units(self) -> dict[str, CheckedUnit]:
        """The tasks that are graded here, with their checks, by id."""
        return {
            task: CheckedUnit(pack.unit, tuple(pack.checks.values()))
            for task, pack in self.packs.items()
        }


Stamp = tuple[tuple[str, int, int], ...]
_loaded: dict[Path, tuple[Stamp, LoadedCourse]] = {}
_lock = Lock()


def course_now(path: Path | None = None) -> LoadedCourse:
    """Return the course of ``path``, by default the site's, as its files are now.

    Raises:
        CourseError, CheckError, PackError: it is wrong and was never right.
    """
    path = (path or settings.PLACE.course or find_course(Path.cwd())).absolute()
    with _lock:
        held = _loaded.get(path)
        if held is not None and held[0] == _stamp(held[1].content):
            return held[1]
        try:
            fresh = _load(path)
        except (CourseError, CheckError, PackError, OSError) as error:
            if held is None:
                raise
            # Tried again at the next request: only a right course has its stamp kept.
            return replace(held[1], problem=str(error))
        _loaded[path] = (_stamp(fresh.content), fresh)
        return fresh


def record_version(loaded: LoadedCourse, now: dt.datetime) -> CourseVersion:
    """Return the stored version of the course; a new one, if it has changed since the last."""
    newest = CourseVersion.objects.last()
    if newest is not None and newest.digest == loaded.digest:
        return newest
    text = loaded.content.path.read_text("utf-8")
    return CourseVersion.objects.create(loaded_at=now, digest=loaded.digest, text=text)


def _load(path: Path) -> LoadedCourse:
    content = Content(path)
    packs = {unit.task: pack_unit(unit) for unit in content.tasks}
    digest = hashlib.sha256(path.read_bytes())
    for task in sorted(packs):
        digest.update(packs[task].digest.encode())
    return LoadedCourse(content, packs, digest.hexdigest())


def _stamp(content: Content) -> Stamp:
    """Return what changes when a file of the course does."""
    paths = [content.path]
    for unit in content.tasks:
        paths += [unit.file, unit.source, *check_files(unit)]
    stats = [(path, path.stat()) for path in paths if path.exists()]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)
