"""A demo class of 24: accounts, attempts that wait for the real grader, and what the staff said.

Half of the class is `made_up_class`; the other half hands in the same works, at other times and
in part twice, so there is something to find for whoever looks for copies.
"""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from django.contrib.auth.hashers import make_password
from django.db import transaction

from praktikum.course.made_up_class import make_up_class
from praktikum.course.notebook import build_notebook
from praktikum.course.unit import Unit
from praktikum.grader.class_folder import Entry, read_class_folder, the_file
from praktikum.grader.facts import HandPoints as GivenPoints
from praktikum.site.classroom import models
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.grading.queue import put
from praktikum.site.people.models import Role, User

__all__ = ["DemoAccounts", "make_up_site"]

_STAFF = (
    ("instructor", "Орлова Ольга", Role.INSTRUCTOR),
    ("assistant", "Седов Семён", Role.ASSISTANT),
    ("assistant2", "Титова Таисия", Role.ASSISTANT),
)
_SECOND_HALF = (
    "Панов Пётр",
    "Рыбакова Рита",
    "Соколов Савва",
    "Тарасова Тамара",
    "Уваров Ульян",
    "Фёдорова Фаина",
    "Харитонов Харитон",
    "Цветкова Ция",
    "Чернов Чеслав",
    "Шубина Шура",
    "Щукин Эдуард",
    "Юдина Яна",
)
_TWICE = 3  # every third of the second half had handed in the blank notebook before


@dataclass(frozen=True, slots=True)
class DemoAccounts:
    """Sign-in names of the demo, one for each role, and the password of everybody."""

    instructor: str
    assistant: str
    student: str
    password: str


@transaction.atomic
def make_up_site(loaded: LoadedCourse, now: dt.datetime) -> DemoAccounts:
    """Fill an empty site; its attempts are queued and wait for a worker."""
    password = secrets.token_urlsafe(9)
    hashed = make_password(password)

    def account(username: str, name: str, role: Role) -> User:
        return User.objects.create(username=username, name=name, role=role, password=hashed)

    staff = [account(*person) for person in _STAFF]
    unit = loaded.content.unit("t1")
    with tempfile.TemporaryDirectory(prefix="praktikum-demo-") as folder:
        make_up_class(unit, loaded.course, Path(folder))
        given = read_class_folder(Path(folder), unit, loaded.course)
        names = [entry.student for entry in given.entries] + list(_SECOND_HALF)
        students = {
            name: account(f"student{number:02}", name, Role.STUDENT)
            for number, name in enumerate(sorted(names), start=1)
        }
        works = list(_works(given.entries, unit))
    for name, content, source, received in sorted(works, key=lambda work: work[3]):
        _hand_in(students[name], unit.task, content, source, min(received, now))
    _said(students, staff, given.hand_points, loaded.course.task(unit.task).due)
    first = students[names[0]].username
    return DemoAccounts("instructor", "assistant", first, password)


def _works(entries: tuple[Entry, ...], unit: Unit) -> list[tuple[str, bytes, str, dt.datetime]]:
    """Return who handed in which bytes under which name, and when."""
    blank = nbformat.writes(build_notebook(unit, "ru", solved=False)).encode()
    works: list[tuple[str, bytes, str, dt.datetime]] = []
    for place, (entry, copier) in enumerate(zip(entries, _SECOND_HALF, strict=True)):
        path = the_file(entry)
        content, source = _with_answers(path.read_bytes()), f"task1{path.suffix}"
        works.append((entry.student, content, source, entry.received))
        later = entry.received + dt.timedelta(minutes=7 * place + 5)
        works.append((copier, content, source, later))
        if place % _TWICE == 0:
            works.append((copier, blank, source, later - dt.timedelta(days=2)))
    return works


def _with_answers(content: bytes) -> bytes:
    """Return a solved notebook whose model answers stand where a student writes: to be marked.

    They follow the cells for the answers in its solved edition. What is no notebook stays as it is.
    """
    try:
        notebook = nbformat.reads(content.decode(), as_version=4)
    except (UnicodeDecodeError, nbformat.reader.NotJSONError):
        return content
    cells = [notebook.cells[0]]
    for cell in notebook.cells[1:]:
        is_text = cell.cell_type == "markdown" and not cell.source.startswith("#")
        if is_text and "answer" in cells[-1].metadata.get("praktikum", {}):
            cells[-1].source += "\n\n" + cell.source.partition("**")[2].partition("**")[2].strip()
        else:
            cells.append(cell)
    notebook.cells = cells
    text: str = nbformat.writes(notebook)
    return text.encode()


def _hand_in(student: User, task: str, content: bytes, source: str, received: dt.datetime) -> None:
    round = models.Round.current()
    assert round is not None
    attempt = models.Attempt.objects.create(
        student=student,
        task=task,
        received=received,
        source=source,
        file=models.StoredFile.keep(content),
    )
    put(attempt, round, received)


def _said(
    students: dict[str, User],
    staff: list[User],
    points: tuple[GivenPoints, ...],
    due: dt.datetime,
) -> None:
    """Store what the staff has said by now: points of the first half, an extension, an appeal."""
    instructor, *assistants = staff
    day = dt.timedelta(days=1)
    for number, given in enumerate(points):
        models.HandPoints.objects.create(
            student=students[given.student],
            task=given.task,
            part=given.part,
            points=given.points,
            comment=given.comment,
            by=assistants[number % len(assistants)],
            at=due + 2 * day,
            attempt=students[given.student].attempts.last(),
        )
    models.Extension.objects.create(
        student=students[_SECOND_HALF[1]],
        task=points[0].task,
        until=due + 5 * day,
        why="справка",
        by=instructor,
        at=due - day,
    )
    models.Appeal.objects.create(
        attempt=students[_SECOND_HALF[3]].attempts.latest("received"),
        text="Кажется, эта проверка не учитывает пустой батч. Посмотрите, пожалуйста.",
        at=due + 3 * day,
    )
