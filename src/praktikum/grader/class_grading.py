"""Grading a class: every submission of a folder, in parallel, resumable, into stored attempts.

::

    OUT/secret                                       what seeds are derived from; never share it
    OUT/t1_numpy_mlp/attempts/PACK/NAME-DIGEST.json  one attempt; PACK: what it was graded by

An attempt is stored as soon as it is graded, whole or not at all. A later run takes those that
still hold (the same file, the same checks and library, the same walls) and grades the rest; what
was graded by another pack stays beside it.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from praktikum.checks import Status
from praktikum.course.given import Given
from praktikum.course.library import write_edition
from praktikum.course.pack import Pack
from praktikum.course.unit import Unit
from praktikum.grader.archive import with_archive
from praktikum.grader.attempt_file import read_attempt, write_attempt
from praktikum.grader.attempt_grading import graded, unreadable
from praktikum.grader.class_folder import ClassFolder, Entry, the_archive, the_file
from praktikum.grader.facts import Attempt, FactsError
from praktikum.grader.sandbox.limits import Limits
from praktikum.grader.sandbox.view import View
from praktikum.grader.sandbox.worker import TrustedWorker, Worker
from praktikum.grader.seeds import open_secret
from praktikum.grader.submission import SubmissionError, read_submission

__all__ = ["Progress", "attempt_name", "edition_of", "grade_class", "open_workers"]

Progress = Callable[[Entry, Attempt], None]

_HANDLER = "praktikum.grader.runner:serve"
_AHEAD = 2  # submissions in flight per worker: enough to keep it busy, few enough to hold


@dataclass(frozen=True, slots=True)
class _Desk:
    """What grading any submission of a class needs."""

    pack: Pack
    secret: bytes
    within: Path
    attempts: Path
    trusted: bool
    given: Sequence[Given]


def grade_class(
    pack: Pack,
    all_units: Iterable[Unit],
    submissions: ClassFolder,
    out: Path,
    *,
    jobs: int | None = None,
    trusted: bool = False,
    progress: Progress | None = None,
    given: Sequence[Given] = (),
) -> list[Attempt]:
    """Return an attempt for each submission of a folder, after storing it below ``out``.

    Args:
        pack: of the task.
        all_units: those whose answers a submission must not see.
        submissions: what was handed in.
        out: where attempts are stored; it is made if it is not there.
        jobs: sandboxes at a time; as many as processors, if None.
        trusted: run the submissions without isolation.
        progress: called after each submission, in any order.
        given: what the task wants predictions for; without it they are left unmeasured.

    Raises:
        Unavailable: isolation cannot be had here; no submission was run.
        SecretError: the secret in ``out`` is damaged.
    """
    task = pack.unit.task
    with edition_of(all_units) as edition:
        attempts = out / task / "attempts" / _graded_by(pack, edition, given)
        attempts.mkdir(parents=True, exist_ok=True)
        secret = open_secret(out / "secret")
        desk = _Desk(pack, secret, submissions.folder, attempts, trusted, given)
        count = min(jobs or os.cpu_count() or 1, max(len(submissions.entries), 1))
        with open_workers(pack, edition, count, trusted=trusted) as workers:
            return _grade_all(desk, submissions.entries, workers, progress)


def attempt_name(attempt: Attempt) -> str:
    """Return the name, without an ending, of an attempt's files: readable, and never a path."""
    safe = re.sub(r"[^\w-]+", "_", attempt.student)[:60]
    return f"{safe}-{hashlib.sha256(attempt.id.encode()).hexdigest()[:10]}"


@contextmanager
def open_workers(
    pack: Pack, edition: Path, count: int, *, trusted: bool = False
) -> Iterator[list[Worker]]:
    """Give ``count`` workers that see an edition of the library and nothing else of the course.

    Raises:
        Unavailable: isolation cannot be had here.
    """
    unit = pack.unit
    preload = ("praktikum.grader.runner", *unit.requires, *unit.preload)
    view = View(edition=edition, preload=preload)
    kind = TrustedWorker if trusted else Worker
    with ExitStack() as stack:
        yield [stack.enter_context(kind(view, _HANDLER, Limits())) for _ in range(count)]


def _grade_all(
    desk: _Desk, entries: Sequence[Entry], workers: Sequence[Worker], progress: Progress | None
) -> list[Attempt]:
    """Return the attempts in the order of the entries; a few at a time are in flight."""
    free: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)
    done: dict[int, Attempt] = {}
    flying: dict[Future[Attempt], int] = {}

    def land(*, until: int) -> None:
        while len(flying) > until:
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                place = flying.pop(future)
                done[place] = future.result()
                if progress:
                    progress(entries[place], done[place])

    with ThreadPoolExecutor(len(workers)) as pool:
        try:
            for place, entry in enumerate(entries):
                land(until=_AHEAD * len(workers) - 1)
                flying[pool.submit(_attempt, desk, entry, free)] = place
            land(until=0)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[place] for place in range(len(entries))]


def _attempt(desk: _Desk, entry: Entry, free: SimpleQueue[Worker]) -> Attempt:
    unread = Attempt(
        student=entry.student,
        task=desk.pack.unit.task,
        received=entry.received,
        digest="",
        source=entry.path.name,
        verdicts=(),
        isolated=not desk.trusted,
    )
    asked = desk.pack.unit.asked
    try:
        submission = read_submission(the_file(entry), within=desk.within)
        if desk.given and (archive := the_archive(entry, asked.archive)):
            submission = with_archive(submission, archive)
    except SubmissionError as error:
        return _store(desk, unreadable(unread, desk.pack, error.text))
    ungraded = replace(
        unread,
        digest=submission.digest,
        source=", ".join([submission.path.name, *([asked.archive] if submission.archive else [])]),
        notes=submission.notes,
    )
    if (held := _held(desk, ungraded)) is not None:
        return held
    worker = free.get()
    try:
        done = graded(ungraded, submission, desk.pack, worker, desk.secret, desk.given)
        return _store(desk, done)
    finally:
        free.put(worker)


def _held(desk: _Desk, ungraded: Attempt) -> Attempt | None:
    """Return the stored attempt at the same file, if it still holds."""
    path = _path(desk, ungraded)
    if not path.is_file():
        return None
    try:
        stored = read_attempt(path)
    except FactsError:  # damaged on the disk: it is graded anew and replaced
        return None
    ours = any(verdict.status is Status.ERROR for verdict in stored.verdicts)
    if ours or stored.isolated != ungraded.isolated:
        return None
    return replace(stored, received=ungraded.received, source=ungraded.source)


def _store(desk: _Desk, attempt: Attempt) -> Attempt:
    write_attempt(_path(desk, attempt), attempt)
    return attempt


def _path(desk: _Desk, attempt: Attempt) -> Path:
    return desk.attempts / f"{attempt_name(attempt)}.json"


@contextmanager
def edition_of(units: Iterable[Unit]) -> Iterator[Path]:
    """Give a folder with the library without the answers of ``units``; it goes at the end."""
    with tempfile.TemporaryDirectory(prefix="praktikum-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the user inside the sandbox is another one
        write_edition(units, folder)
        yield folder


def _graded_by(pack: Pack, edition: Path, given: Sequence[Given]) -> str:
    """Return a short digest of what decides verdicts: the checks, the library, the images."""
    digest = hashlib.sha256(pack.digest.encode())
    for one in given:
        digest.update(one.name.encode() + one.truth.tobytes())
    for path in sorted(edition.rglob("*.py")):
        digest.update(path.relative_to(edition).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
