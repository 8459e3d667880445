"""Grading one submission: what it defines, what each check observes, and the verdicts.

The submission runs in sessions of a sandbox; here, outside of them, are the seeds, the
expectations and the judgement. A session that a submission ends (a crash, a time-out) costs it
the check that was being asked; the next check gets a fresh session.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np

from praktikum.checks import (
    BorderError,
    Check,
    Reason,
    Text,
    Verdict,
    decode_arrays,
)
from praktikum.course.pack import Pack
from praktikum.grader.judging import settle, verdict_on
from praktikum.grader.runner import REASONS_OF_A_SUBMISSION, Raised
from praktikum.grader.sandbox.errors import Crashed, SubmissionFailed, TimedOut
from praktikum.grader.submission import Cell, Submission

__all__ = ["Graded", "Session", "Worker", "grade"]

_DEFINING_SECONDS = 10.0
_MOST_SESSIONS = 6  # that may end while the submission is being defined


class Session(Protocol):
    """A child of a worker in which one submission runs."""

    def ask(self, request: bytes, *, wall_seconds: float | None = None) -> bytes: ...
    def close(self) -> None: ...


class Worker(Protocol):
    """Gives fresh sessions."""

    def open(self) -> Session: ...


@dataclass(frozen=True, slots=True)
class Graded:
    """The outcome for one submission: a verdict for each check, and notes for its reader."""

    verdicts: tuple[Verdict, ...]
    notes: tuple[Text, ...]


def grade(
    pack: Pack,
    submission: Submission,
    worker: Worker,
    seed_of: Callable[[str], int],
    wall_seconds: float = 120.0,
) -> Graded:
    """Return the verdicts on a submission, one for each check of the pack, in their order.

    Args:
        pack: what is asked and expected.
        submission: what was handed in.
        worker: where it runs.
        seed_of: gives the seed of a check.
        wall_seconds: for the whole submission; what is asked later has timed out.

    Raises:
        SandboxError: the sandbox failed, which is not the submission's fault.
    """
    verdicts: dict[str, Verdict] = {}
    with _Stage(pack, submission, worker, time.monotonic() + wall_seconds) as stage:
        for check in pack.checks.values():

            def ask(check: Check = check) -> Verdict:
                seed = seed_of(check.name)
                return verdict_on(pack, check, seed, lambda: stage.observe(check, seed))

            verdicts[check.name] = settle(check, verdicts, ask)
        return Graded(tuple(verdicts.values()), tuple(stage.notes))


@dataclass
class _Stage:
    """A submission on its stage: a session with its definitions, renewed when one ends."""

    pack: Pack
    submission: Submission
    worker: Worker
    deadline: float  # of the whole submission, on the monotonic clock
    notes: list[Text] = field(default_factory=list)
    _session: Session | None = None
    _undefined: dict[str, Raised] = field(default_factory=dict)
    _left_out: set[int] = field(default_factory=set)
    _hopeless: Raised | None = None

    def observe(self, check: Check, seed: int) -> Mapping[str, np.ndarray]:
        """Return what the check observes. Raises Raised: why there is nothing to judge."""
        if self._session is None:
            self._enter()
        try:
            answer = self._ask({"observe": check.name, "seed": seed}, check.timeout)
        except Raised as raised:
            if raised.reason is Reason.MISSING and raised.where in self._undefined:
                raise self._undefined[raised.where] from None
            raise
        try:
            return decode_arrays(answer)
        except BorderError as error:
            raise Raised(Reason.NOT_AN_ARRAY, "", str(error)) from None

    def _enter(self) -> None:
        """Open a session and define the submission in it, without what ended earlier ones."""
        while self._hopeless is None:
            self._session = self.worker.open()
            current: int | None = None
            try:
                for current, names in self._read():
                    self._define(current, names)
            except _Ended as ended:
                self._leave_out(current, ended.raised)
            else:
                return
        raise self._hopeless

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        self._ask({"observing": dict(self.pack.observing)}, _DEFINING_SECONDS)
        starter = [Cell(0, source) for source in self.pack.starter]
        cells = [(cell.number, cell.source) for cell in (*starter, *self.submission.cells)]
        request = {"read": cells, "wanted": sorted(self.pack.wanted)}
        answer = json.loads(self._ask(request, _DEFINING_SECONDS))
        self._note(answer["problems"])
        for index, names in enumerate(answer["defines"]):
            if index not in self._left_out:
                yield index, names

    def _define(self, index: int, names: list[str]) -> None:
        try:
            self._ask({"define": index}, _DEFINING_SECONDS)
        except _Ended as ended:
            self._undefined.update(dict.fromkeys(names, ended.raised))
            raise
        except Raised as raised:
            self._undefined.update(dict.fromkeys(names, raised))

    def _leave_out(self, index: int | None, raised: Raised) -> None:
        if index is None or len(self._left_out) >= _MOST_SESSIONS:
            self._hopeless = raised
        else:
            self._left_out.add(index)

    def _note(self, problems: list[str]) -> None:
        for problem in problems:
            line = str(problem)[:200]
            note = Text(ru=f"Ячейка пропущена: {line}.", en=f"A cell was passed over: {line}.")
            if note not in self.notes:
                self.notes.append(note)

    def _ask(self, request: dict[str, Any], seconds: float) -> bytes:
        """Return the body of the session's answer. Raises Raised, or _Ended with it."""
        assert self._session is not None
        left = self.deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimedOut(0.0)
            message = json.dumps(request).encode()
            answer = self._session.ask(message, wall_seconds=min(seconds, left))
        except SubmissionFailed as failure:
            self._session.close()
            self._session = None
            raise _Ended(_raised(failure)) from None
        if answer[:1] == b"R":
            raise _told(answer[1:])
        return answer[1:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            self._session.close()


class _Ended(Raised):
    """What the submission did ended its session."""

    def __init__(self, raised: Raised) -> None:
        super().__init__(raised.reason, raised.where, raised.detail)
        self.raised = raised


def _raised(failure: SubmissionFailed) -> Raised:
    match failure:
        case TimedOut():
            reason = Reason.TIMEOUT
        case Crashed(reason="memory"):
            reason = Reason.MEMORY
        case Crashed(reason="cpu"):
            reason = Reason.TIMEOUT
        case _:
            reason = Reason.CRASHED
    return Raised(reason, "", str(failure))


def _told(body: bytes) -> Raised:
    """Return what the session says was raised; it is the submission's word, so not trusted."""
    try:
        fields = json.loads(body)
        reason = Reason(fields["reason"])
        if reason not in REASONS_OF_A_SUBMISSION:
            raise ValueError(f"{reason} is not for a submission to say")
        return Raised(reason, str(fields["where"])[:200], str(fields["detail"])[:500])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Raised(Reason.CRASHED, "", "an answer that is not one")
