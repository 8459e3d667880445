"""One attempt, from a submission to verdicts: the same for a folder of a class and for a site."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from praktikum.checks import Reason, Status, Text, Verdict
from praktikum.course.given import Given
from praktikum.course.pack import Pack
from praktikum.grader.facts import Attempt
from praktikum.grader.grading import Worker, grade
from praktikum.grader.predictions import measure
from praktikum.grader.sandbox import WorkerFailed
from praktikum.grader.seeds import attempt_seed
from praktikum.grader.submission import Submission

__all__ = ["failed_by_us", "graded", "unreadable"]


def graded(
    ungraded: Attempt,
    submission: Submission,
    pack: Pack,
    worker: Worker,
    secret: bytes,
    given: Sequence[Given] = (),
) -> Attempt:
    """Return the attempt with a verdict for each check, and with what its predictions reach.

    Predictions are data, not code: they are measured here, outside of the sandbox. A worker that
    fails is our fault, and the verdicts say so.

    Args:
        ungraded: the attempt; its id and the secret give the seeds.
        submission: what was handed in.
        pack: the checks.
        worker: where the submission's code runs.
        secret: of the seeds.
        given: what the task wants predictions for.
    """

    def seed_of(check: str) -> int:
        return attempt_seed(secret, ungraded.id, check)

    if given:
        measured, notes = measure(submission, given)
        ungraded = replace(ungraded, measured=measured, notes=(*ungraded.notes, *notes))
    try:
        outcome = grade(pack, submission, worker, seed_of)
    except WorkerFailed as failure:
        return failed_by_us(ungraded, pack, str(failure))
    notes = (*ungraded.notes, *outcome.notes)
    return replace(ungraded, verdicts=outcome.verdicts, notes=notes)


def unreadable(ungraded: Attempt, pack: Pack, why: Text) -> Attempt:
    """Return the attempt with each check failed: what was handed in cannot be read."""
    return _alike(ungraded, pack, Verdict("", Status.FAILED, Reason.UNREADABLE), why)


def failed_by_us(ungraded: Attempt, pack: Pack, detail: str) -> Attempt:
    """Return the attempt with an error of ours in each check: for the instructor, not a zero."""
    return _alike(ungraded, pack, Verdict("", Status.ERROR, Reason.OURS, detail=detail))


def _alike(ungraded: Attempt, pack: Pack, verdict: Verdict, *notes: Text) -> Attempt:
    verdicts = tuple(replace(verdict, check=check) for check in pack.checks)
    return replace(ungraded, verdicts=verdicts, notes=(*ungraded.notes, *notes))
