"""A class of twelve made-up students and what they handed in for a task.

Among them are the perfect, the late, the mistaken (each known mistake is in somebody's work, as
long as there is somebody who has not erred in that function yet), one whose code never ends, one
who attacks the grader, and one whose file is no notebook. Where the task wants masks, theirs are
the true ones, made worse by a pixel or more; one has none, and the attacker's archive is a link.
"""

from __future__ import annotations

import copy
import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from scipy import ndimage

from praktikum.course.calendar import Course, Task
from praktikum.course.given import Given
from praktikum.course.given_images import GivenImage, write_masks
from praktikum.course.given_mixtures import write_speech
from praktikum.course.holes import Address, functions_in
from praktikum.course.mutants import Mutant, mutants_of
from praktikum.course.notebook import build_notebook, notebook_name
from praktikum.course.unit import Unit

__all__ = ["make_up_class"]

_PERFECT = "Абрамова Анна"
_LATE_BY_ONE = "Белов Борис"
_LATE_BY_NINE = "Волкова Вера"
_HALFWAY = "Котова Кира"
_NEVER_ENDING = "Лапин Лев"
_ATTACKER = "Морозов Макар"
_NO_NOTEBOOK = "Носова Нина"
_NOT_MARKED = (_HALFWAY, "Гусева Дарья")  # their answers still wait for a person
_USUAL_POINTS = (10, 9, 8, 7, 8, 4, 7, 2, 3, 8, 1, 2)  # in other tasks, by the order of names
_LATE = (_LATE_BY_ONE, _LATE_BY_NINE)
_EARLIER = dt.timedelta(hours=3)  # before the deadline, or before it is a day later
_MISTAKEN = ("Ветров Глеб", "Гусева Дарья", "Дёмин Егор", "Ершова Жанна", "Зимин Илья")
_LOOP = """\
class {owner}({owner}):
    def {method}(self, *args, **kwargs):
        while True:
            pass
"""
_ATTACK = """\
import os
import socket
from pathlib import Path


class {owner}({owner}):
    def {method}(self, *args, **kwargs):
        for target in ("/etc/passwd", "/root", "/home", "checks.py", "gradebook.json"):
            try:
                Path(target).write_text("10 / 10")
            except OSError:
                pass
        socket.create_connection(("127.0.0.1", 80), timeout=1)
        return super().{method}(*args, **kwargs)
"""
_ATTACK_BY_FORK = """\
class {owner}({owner}):
    def {method}(self, *args, **kwargs):
        if os.fork() == 0:
            os.execv("/bin/sh", ["sh", "-c", "sleep 1000"])
        return super().{method}(*args, **kwargs)
"""


def make_up_class(unit: Unit, course: Course, folder: Path, given: Sequence[Given] = ()) -> None:
    """Write twelve submissions to ``unit`` and the tables beside them into ``folder``.

    Args:
        given: the images whose masks the task wants; with them, a submission is a folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    task = course.task(unit.task)
    solved = build_notebook(unit, "ru", solved=True)
    first, second = _methods(unit)[:2]
    attack = _ATTACK.format(**second) + "\n\n" + _ATTACK_BY_FORK.format(**first)
    works = {
        _PERFECT: solved,
        _HALFWAY: _halfway(solved, build_notebook(unit, "ru", solved=False)),
        _NEVER_ENDING: _with_cell(solved, _LOOP.format(**second)),
        _ATTACKER: _with_cell(solved, attack),
    }
    for student, mutants in _deal(mutants_of(unit)).items():
        works[student] = _mistaken(solved, mutants)
    for place, (student, notebook) in enumerate(works.items()):
        if not given:
            nbformat.write(notebook, folder / f"{student}.ipynb")
            continue
        (folder / student).mkdir()
        nbformat.write(notebook, folder / student / notebook_name(unit))
        _predict(given, student, place, folder / student / unit.asked.archive)
    (folder / f"{_NO_NOTEBOOK}.ipynb").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    students = sorted([*works, _NO_NOTEBOOK])
    _write(folder / "received.csv", ("student", "received"), _received(students, task))
    _write(folder / "points.csv", ("student", "part", "points", "comment"), _points(unit, students))
    _write(folder / "scores.csv", ("student", "task", "points"), _scores(course, task, students))


def _methods(unit: Unit) -> list[dict[str, str]]:
    """Return the first method that is to be written of each class, in the unit's order."""
    first: dict[str, str] = {}
    for address in map(Address.parse, unit.write):
        owner, _, method = address.qualname.partition(".")
        if method:
            first.setdefault(owner, method)
    return [{"owner": owner, "method": method} for owner, method in first.items()]


def _predict(given: Sequence[Given], student: str, place: int, path: Path) -> None:
    """Write what a student predicts: the truth, or it worse.

    A mask loses its border, speech keeps some of its noise.
    """
    if student == _HALFWAY:
        return
    if student == _ATTACKER:
        path.symlink_to("/etc/passwd")
        return
    mixtures = [one for one in given if not isinstance(one, GivenImage)]
    if mixtures:
        share = place % 3 / 3
        write_speech(
            {
                one.name: np.rint(one.truth + share * (0.0 + one.noisy - one.truth)).astype(
                    np.int16
                )
                for one in mixtures
            },
            path,
        )
        return
    masks = {one.name: one.truth for one in given}
    if place:
        masks = {
            name: ndimage.binary_erosion(truth, iterations=1 + place % 3).astype(np.uint8)
            for name, truth in masks.items()
        }
    write_masks(masks, path)


def _halfway(solved: NotebookNode, blank: NotebookNode) -> NotebookNode:
    """Return the blank notebook with the first half of its holes filled."""
    answers = {_grade_id(cell): cell.source for cell in solved.cells}
    holes = [cell for cell in blank.cells if cell.cell_type == "code" and _is_hole(cell)]
    for cell in holes[: (len(holes) + 1) // 2]:
        cell.source = answers[_grade_id(cell)]
    return blank


def _with_cell(notebook: NotebookNode, source: str) -> NotebookNode:
    changed = copy.deepcopy(notebook)
    changed.cells.append(new_code_cell(source, id="appended"))
    return changed


def _deal(mutants: Sequence[Mutant]) -> dict[str, list[Mutant]]:
    """Return who makes which mistakes, so that as many known ones as can be are made.

    They are dealt like cards to the mistaken, but nobody can make two mistakes in one function:
    such a card goes to the next who has not erred there yet, in the end to one of the late, and if
    all have erred there, to nobody.
    """
    hands: dict[str, list[Mutant]] = {student: [] for student in (*_MISTAKEN, *_LATE)}
    erred: dict[str, set[str]] = {student: set() for student in hands}
    for turn, mutant in enumerate(mutants):
        functions = set(functions_in(mutant.source))
        start = turn % len(_MISTAKEN)
        order = (*_MISTAKEN[start:], *_MISTAKEN[:start], *_LATE)
        free = [student for student in order if not erred[student] & functions]
        if free:
            hands[free[0]].append(mutant)
            erred[free[0]] |= functions
    return hands


def _mistaken(solved: NotebookNode, mutants: Sequence[Mutant]) -> NotebookNode:
    changed = copy.deepcopy(solved)
    code = [cell for cell in changed.cells if cell.cell_type == "code"]
    for mutant in mutants:
        for cell, source in zip(code, mutant.apply([cell.source for cell in code]), strict=True):
            cell.source = source
    return changed


def _grade_id(cell: NotebookNode) -> str | None:
    metadata = cell.metadata.get("nbgrader", {})
    return str(metadata["grade_id"]) if "grade_id" in metadata else None


def _is_hole(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _received(students: Sequence[str], task: Task) -> list[tuple[str, ...]]:
    days = {_LATE_BY_ONE: 1, _LATE_BY_NINE: 9}
    times = dict.fromkeys(students, task.due - _EARLIER)
    times |= {student: task.due - _EARLIER + dt.timedelta(days=days[student]) for student in days}
    return [(student, time.isoformat()) for student, time in times.items()]


def _points(unit: Unit, students: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what an assistant has given so far: some answers are not marked yet."""
    rows: list[tuple[str, ...]] = []
    marked = [student for student in students if student not in (_NO_NOTEBOOK, *_NOT_MARKED)]
    by_hand = [part for part in unit.parts if part.by_hand]
    for place, student in enumerate(marked):
        for number, part in enumerate(by_hand):
            whole = student == _PERFECT or (place + number) % 3
            points = part.by_hand if whole else part.by_hand / 2
            comment = "" if whole else "Вывод верен, но обоснован наполовину."
            rows.append((student, part.id, f"{points}", comment))
    return rows


def _scores(course: Course, task: Task, students: Sequence[str]) -> list[tuple[str, ...]]:
    """Return made-up scores of the course's other tasks."""
    others = [other for other in course.tasks if other.id != task.id]
    rows: list[tuple[str, ...]] = []
    for student, usual in zip(students, _USUAL_POINTS, strict=True):
        for number, other in enumerate(others):
            points = min(max(usual + (-1) ** number * number, 0), other.points)
            rows.append((student, other.id, f"{points}"))
    return rows


def _write(path: Path, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
