"""What is stored about a class: facts only. Penalties, scores and marks are computed from them.

Errors::

    FactsError(ValueError)    a file of facts is not as it must be; one line for each mistake
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from praktikum.checks import Reason, Text, Verdict

__all__ = [
    "Attempt",
    "Extension",
    "FactsError",
    "HandPoints",
    "Measured",
    "OutsideScore",
    "student_name",
]


class FactsError(ValueError):
    """A file of facts is wrong; ``problems`` has one line for each mistake."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Measured:
    """What predictions were found to be; points follow from the thresholds of the task.

    Attributes:
        value: the mean over all that was given, to three digits; one without a usable prediction
            counts 0.
        usable: for how many there is a prediction that could be read.
        given: how many there are.
        measure: which it is: ``iou`` of masks, or ``si_sdr`` of speech, dB.
    """

    value: Decimal
    usable: int
    given: int
    measure: str = "iou"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One submission of one student to one task, and what was found out about it.

    Attributes:
        student: as `student_name` writes it.
        task: the task's id in course.toml.
        received: when it came, in whatever zone it is given; kept in UTC.
        digest: SHA-256 of all that was submitted, in hex.
        source: the submitted file's name; with an archive, both names.
        verdicts: one for each check of the task.
        notes: what else its reader should know: a file of the wrong kind, cells left out.
        isolated: whether it was graded in the sandbox; every report says where it wasn't.
        measured: what its predictions are; None where the task wants none, or nobody has measured
            them yet.
    """

    student: str
    task: str
    received: dt.datetime
    digest: str
    source: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[Text, ...] = ()
    isolated: bool = True
    measured: Measured | None = None

    def __post_init__(self) -> None:
        """Keep the time in UTC, where instants compare and come back from a file as they are.

        Raises:
            ValueError: the time has no zone.
        """
        if self.received.tzinfo is None:
            raise ValueError(f"received={self.received} has no time zone")
        object.__setattr__(self, "received", self.received.astimezone(dt.UTC))

    @property
    def id(self) -> str:
        """What its seeds are derived from, and what an appeal quotes."""
        return f"{self.task}/{self.student}/{self.digest[:16]}"

    @property
    def readable(self) -> bool:
        """Whether the file could be read at all; if not, a note says why."""
        reasons = {verdict.reason for verdict in self.verdicts}
        return reasons != {Reason.UNREADABLE}


@dataclass(frozen=True, slots=True)
class HandPoints:
    """What a person gave for one part of one student's work."""

    student: str
    task: str
    part: str
    points: Decimal
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """Another deadline for one student: ``until`` is the last minute that is on time; aware."""

    student: str
    task: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class OutsideScore:
    """Points for a task that was marked elsewhere, before lateness.

    Attributes:
        points: without bonus.
        bonus: points beyond those of the task.
        received: when the work came; None: on time.
    """

    student: str
    task: str
    points: Decimal
    bonus: Decimal = Decimal(0)
    received: dt.datetime | None = None


def student_name(text: str) -> str:
    """Return a student's name as it is stored: trimmed, and composed (NFC).

    Names of files that were made on a Mac are decomposed: without this, й in the name of a
    file and й in a table of points would be different students.
    """
    return unicodedata.normalize("NFC", " ".join(text.split()))
