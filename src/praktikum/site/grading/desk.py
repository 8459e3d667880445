"""What a worker has ready: the packs of the course, and a warm sandbox for each task in use."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path

from praktikum.course.pack import Pack
from praktikum.grader import facts
from praktikum.grader.archive import with_archive
from praktikum.grader.attempt_grading import failed_by_us, graded, unreadable
from praktikum.grader.class_grading import edition_of, open_workers
from praktikum.grader.sandbox import Worker
from praktikum.grader.submission import Submission, SubmissionError, read_submission
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.models import Attempt
from praktikum.site.grading.given import given_images
from praktikum.site.grading.secret import grading_secret, verify_secret

__all__ = ["Desk"]


class Desk(AbstractContextManager["Desk"]):
    """Grades attempts one after another; a context manager, whose end closes the sandboxes.

    Open it from a thread that outlives it, as a sandbox demands.
    """

    def __init__(self) -> None:
        """Take the site's secret. Raises OtherSecretError: it is not here."""
        verify_secret()
        self._secret = grading_secret()
        self._sandboxes: dict[str, tuple[Pack, Worker, ExitStack]] = {}

    def grade(self, attempt: Attempt) -> tuple[facts.Attempt, Pack]:
        """Return the graded attempt and the pack it was graded by.

        Raises:
            Unavailable: isolation cannot be had here.
            KeyError: the course has no such task any more.
        """
        pack, worker = self._sandbox(course_now(), attempt.task)
        archive = pack.unit.asked.archive
        ungraded = _ungraded(attempt, archive)
        with tempfile.TemporaryDirectory(prefix="praktikum-") as folder:
            try:
                submission = _unpack(attempt, Path(folder), archive)
            except SubmissionError as error:
                return unreadable(ungraded, pack, error.text), pack
        # With an archive the digest is of both files: it is what seeds are derived from.
        ungraded = replace(ungraded, digest=submission.digest, notes=submission.notes)
        given = given_images(pack)
        return graded(ungraded, submission, pack, worker, self._secret, given), pack

    def give_up(self, attempt: Attempt, tries: int) -> tuple[facts.Attempt, Pack]:
        """Return the attempt as one at which ``tries`` workers died, and the pack."""
        pack = course_now().packs[attempt.task]
        detail = f"{tries} workers ended while grading"
        return failed_by_us(_ungraded(attempt, pack.unit.asked.archive), pack, detail), pack

    def close(self) -> None:
        """Close every sandbox."""
        for _, _, stack in self._sandboxes.values():
            stack.close()
        self._sandboxes.clear()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sandbox(self, loaded: LoadedCourse, task: str) -> tuple[Pack, Worker]:
        """Return the task's pack with its sandbox, a new one where the task has changed."""
        pack = loaded.packs[task]
        if task in self._sandboxes:
            held, worker, stack = self._sandboxes[task]
            if held.digest == pack.digest:
                return pack, worker
            stack.close()
            del self._sandboxes[task]
        stack = ExitStack()
        edition = stack.enter_context(edition_of(loaded.content.units.values()))
        [worker] = stack.enter_context(open_workers(pack, edition, 1))
        self._sandboxes[task] = pack, worker, stack
        return pack, worker


def _ungraded(attempt: Attempt, archive: str) -> facts.Attempt:
    return facts.Attempt(
        student=attempt.student.username,
        task=attempt.task,
        received=attempt.received,
        digest=attempt.file_id,
        source=", ".join([attempt.source, *([archive] if attempt.archive else [])]),
        verdicts=(),
    )


def _unpack(attempt: Attempt, folder: Path, archive: str) -> Submission:
    path = folder / attempt.source
    path.write_bytes(attempt.file.content)
    submission = read_submission(path, within=folder)
    if attempt.archive is None:
        return submission
    (folder / archive).write_bytes(attempt.archive.content)
    return with_archive(submission, folder / archive)
