"""What was found out about one check of one submission.

A verdict is a fact to be stored, so it carries strings and codes, not arrays: what the
submission gave at the first difference, what was expected there, and why that counts as a
difference. Sentences are made of it in the reader's language (`words`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from praktikum.checks.text import Text

__all__ = ["Reason", "Status", "Verdict"]


class Status(StrEnum):
    """How a check ended: only ``passed`` earns its points.

    ``blocked``: it would have failed because of another check that failed first.
    ``error``: our own fault (a check that raised, a sandbox that could not start); never a zero,
    it goes to the instructor.
    """

    PASSED = "passed"
    FAILED = "failed"
    BLOCKED = "blocked"
    ERROR = "error"


class Reason(StrEnum):
    """Why a check did not pass."""

    VALUE = "value"  # a number differs
    RANGE = "range"  # a number lies outside of what is possible
    SHAPE = "shape"
    DTYPE = "dtype"
    NOT_FINITE = "not_finite"
    MISSING = "missing"  # there is no function or class of this name
    NOT_WRITTEN = "not_written"  # the hole still stands
    SIGNATURE = "signature"  # it cannot be called as the task calls it
    RAISED = "raised"
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the process died
    MEMORY = "memory"
    NOT_AN_ARRAY = "not_an_array"
    NEEDS = "needs"  # blocked by another check
    UNREADABLE = "unreadable"  # the submission could not be read at all
    OURS = "ours"  # status error


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check.

    Attributes:
        check: the check's name.
        status: how it ended.
        reason: why, where it did not pass.
        where: which of the observed values, with the index of the first difference,
            such as ``grad_input[2, 0]``; or the line of the submission that raised.
        got: what the submission gave there.
        expected: what was wanted there.
        hint: what may help the student.
        detail: more for the reader: the exception's text, the check that blocks.
    """

    check: str
    status: Status
    reason: Reason | None = None
    where: str = ""
    got: str = ""
    expected: str = ""
    hint: Text | None = None
    detail: str = ""

    @property
    def passed(self) -> bool:
        return self.status is Status.PASSED
