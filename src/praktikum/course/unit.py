"""A unit of the course (a task or a seminar) as its ``task.toml`` or ``seminar.toml`` says it.

::

    id = "t1_numpy_mlp"
    title = { ru = "…", en = "…" }
    deadline = "t1_numpy_mlp"       # a task: its id in course.toml
    write = ["scratch.layers:Dense.backward"]   # holes: what the student must write
    requires = ["torch"]            # modules that it needs beyond the base
    preload = ["scipy.optimize"]    # modules that the sandbox loads before any submission
    given = 100                     # images whose masks students predict, or noisy recordings out
                                    # of which they get the speech; predictions.py draws them

    [[parts]]
    id = "experiment_depth"
    title = { ru = "…", en = "…" }
    points = 1                      # a task's part; an exercise of a seminar has none
    by_hand = 0.5                   # of these points, those that a person gives
    by_iou = [[0.5, 0.25]]          # and those that masks earn, from a mean IoU of 0.5 on
    by_si_sdr = [[10, 0.5]]         # or speech, from a mean SI-SDR of 10 dB on
    bonus = false                   # beyond the points of the task
    rubric = { ru = "…", en = "…" } # for what they are given
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from praktikum.checks import Check, Text
from praktikum.course.calendar import Course
from praktikum.course.predictions_asked import MASKS, SPEECH, Prediction
from praktikum.course.tables import (
    FLAG,
    IDENTIFIER,
    POINTS,
    TEXT,
    WHOLE,
    CourseError,
    Table,
    listed,
    matching,
    open_table,
)
from praktikum.course.thresholds import DECIBELS, SHARES, Threshold

__all__ = ["Part", "Unit", "read_unit", "verify_against_checks", "verify_against_course"]

_ZERO = Decimal(0)
_MODULE = matching(r"[A-Za-z_]\w*(\.\w+)*", "the name of a module")
_HOLE = matching(
    r"[A-Za-z_]\w*(\.\w+)*:[A-Za-z_]\w*(\.\w+)*", "an address such as 'scratch.layers:Dense'"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a task, or an exercise of a seminar (which has no points).

    Attributes:
        points: all that it can earn, by checks, by hand and by predictions.
        by_hand: of these, what a person gives by ``rubric``.
        by_iou: of these, what the predicted masks earn by their mean IoU.
        by_si_sdr: or what the speech earns by its mean SI-SDR, dB.
        bonus: its points are beyond those of the task.
    """

    id: str
    title: Text
    points: Decimal = _ZERO
    by_hand: Decimal = _ZERO
    bonus: bool = False
    rubric: Text | None = None
    by_iou: tuple[Threshold, ...] = ()
    by_si_sdr: tuple[Threshold, ...] = ()

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """What predictions earn from which measure on; a part has those of one measure."""
        return self.by_iou or self.by_si_sdr

    @property
    def by_predictions(self) -> Decimal:
        """The points that the best predictions earn."""
        return self.thresholds[-1].points if self.thresholds else _ZERO

    @property
    def by_checks(self) -> Decimal:
        """The points that checks give."""
        return self.points - self.by_hand - self.by_predictions


@dataclass(frozen=True, slots=True)
class Unit:
    """A task or a seminar.

    Attributes:
        deadline: the task's id in course.toml, None for a seminar.
        given: for how many images or recordings students predict something.
    """

    id: str
    folder: Path
    title: Text
    write: tuple[str, ...]
    requires: tuple[str, ...]
    preload: tuple[str, ...]
    deadline: str | None
    parts: tuple[Part, ...]
    given: int = 0

    @property
    def file(self) -> Path:
        """The file that describes it."""
        return self.folder / ("task.toml" if self.deadline else "seminar.toml")

    @property
    def task(self) -> str:
        """The id by which course, attempts and gradebook know it."""
        return self.deadline or self.id

    @property
    def asked(self) -> Prediction:
        """What students predict, where something is given."""
        return SPEECH if any(part.by_si_sdr for part in self.parts) else MASKS

    @property
    def source(self) -> Path:
        """The jupytext source of its notebook."""
        return self.folder / ("task.py" if self.deadline else "seminar.py")

    def part(self, id: str) -> Part:
        """Return the part of that id; KeyError where there is none."""
        return {part.id: part for part in self.parts}[id]

    @property
    def base_points(self) -> Decimal:
        """What the parts earn without the bonus ones."""
        return sum((part.points for part in self.parts if not part.bonus), _ZERO)

    @property
    def bonus_points(self) -> Decimal:
        """What the bonus parts earn."""
        return sum((part.points for part in self.parts if part.bonus), _ZERO)


def read_unit(folder: Path) -> Unit:
    """Return the task or the seminar that lies in a folder.

    Raises:
        CourseError: with every mistake of its file, each in one line.
    """
    is_task = (folder / "task.toml").exists()
    path = folder / ("task.toml" if is_task else "seminar.toml")
    if not path.exists():
        raise CourseError(folder, ["has neither a task.toml nor a seminar.toml"])
    file, problems = open_table(path)
    unit = Unit(
        id=file.take("id", IDENTIFIER),
        folder=folder,
        title=file.take("title", TEXT),
        write=file.take("write", listed(_HOLE, at_least=1)),
        requires=file.take_or("requires", listed(_MODULE), ()),
        preload=file.take_or("preload", listed(_MODULE), ()),
        deadline=file.take("deadline", IDENTIFIER) if is_task else None,
        parts=tuple(_take_part(table, is_task) for table in file.tables("parts")),
        given=file.take_or("given", WHOLE, 0) if is_task else 0,
    )
    file.done()
    ids = [part.id for part in unit.parts]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        file.complain("parts", f"the id {id!r} stands twice")
    for place, part in enumerate(unit.parts if not problems else ()):
        if part.by_hand > part.points:
            what = f"{part.by_hand} is more than the part's points, {part.points}"
            file.complain(f"parts[{place}].by_hand", what)
        elif part.by_checks < 0:
            earned = f"{part.by_predictions} and {part.by_hand} by hand"
            what = f"{earned} are more than {part.points} points"
            file.complain(f"parts[{place}].by_{unit.asked.measure}", what)
    if bool(unit.given) != any(part.thresholds for part in unit.parts) and not problems:
        wanted = "wanted together with a part's by_iou or by_si_sdr: one says nothing alone"
        file.complain("given", wanted)
    if any(part.by_iou for part in unit.parts) and any(part.by_si_sdr for part in unit.parts):
        file.complain("parts", "one by by_iou and one by by_si_sdr: a task asks for one of them")
    if problems:
        raise CourseError(path, problems)
    return unit


def verify_against_course(unit: Unit, course: Course) -> None:
    """Return nothing if the unit's deadline and points are those of the course.

    Raises:
        CourseError: they aren't.
    """
    if unit.deadline is None:
        return
    try:
        task = course.task(unit.deadline)
    except KeyError as error:
        raise CourseError(unit.file, [f"deadline: {error.args[0]}"]) from error
    if unit.base_points != task.points:
        problem = f"its parts earn {unit.base_points} without bonus, course.toml says {task.points}"
        raise CourseError(unit.file, [f"parts: {problem}"])


def verify_against_checks(unit: Unit, checks: Iterable[Check]) -> None:
    """Return nothing if the checks of each part earn what hands and predictions leave of it.

    Raises:
        CourseError: they don't, or a check belongs to no part; every mistake at once.
    """
    earned = {part.id: _ZERO for part in unit.parts}
    problems: list[str] = []
    for check in checks:
        if check.part in earned:
            earned[check.part] += check.points
        else:
            problems.append(f"checks.{check.name}: there is no part {check.part!r}")
    for part in unit.parts:
        if earned[part.id] != part.by_checks:
            wanted = f"{part.points} points, {part.by_hand} of them by hand"
            wanted += f" and {part.by_predictions} by predictions" if part.thresholds else ""
            problems.append(
                f"parts.{part.id}: wanted {wanted}, but its checks earn {earned[part.id]}"
            )
    if problems:
        raise CourseError(unit.file, problems)


def _take_part(table: Table, is_task: bool) -> Part:
    id, title = table.take("id", IDENTIFIER), table.take("title", TEXT)
    if not is_task:
        table.done()
        return Part(id, title)
    part = Part(
        id=id,
        title=title,
        points=table.take("points", POINTS),
        by_hand=table.take_or("by_hand", POINTS, _ZERO),
        bonus=table.take_or("bonus", FLAG, False),
        rubric=table.take_or("rubric", TEXT, None),
        by_iou=table.take_or("by_iou", SHARES, ()),
        by_si_sdr=table.take_or("by_si_sdr", DECIBELS, ()),
    )
    if part.by_hand and part.rubric is None:
        table.complain("rubric", "is missing: say for what the points by hand are given")
    table.done()
    return part
