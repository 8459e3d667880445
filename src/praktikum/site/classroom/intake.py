"""Taking in what a student hands in: stored whole, dated, and queued, or nothing of it.

The file is not read here: whether it is a notebook is found out by the grader, in the worker.
What a task asks for beside code (an archive of predictions) is stored as it came, too.
"""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath

from django.db import transaction

from praktikum.checks import Text
from praktikum.grader.archive import MAX_ARCHIVE
from praktikum.grader.phrasing import printable
from praktikum.grader.submission import MAX_BYTES
from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.models import Attempt, Round, StoredFile
from praktikum.site.grading.queue import put
from praktikum.site.people.models import User

__all__ = ["SUFFIXES", "IntakeError", "clean_name", "take_in"]

SUFFIXES = (".ipynb", ".py")
_MOST_AN_HOUR = 30  # of one student for one task
_LONGEST_NAME = 100  # characters


class IntakeError(ValueError):
    """A file that is not taken in; ``text`` says why in one sentence, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def take_in(
    loaded: LoadedCourse,
    student: User,
    task: str,
    name: str,
    content: bytes,
    received: dt.datetime,
    archive: bytes | None = None,
) -> Attempt:
    """Return the stored attempt; it is in the queue by then.

    Args:
        name: what the browser called the file; nothing is ever written under it.
        received: when the request came.
        archive: what came beside the file, if anything did.

    Raises:
        IntakeError: the task is not graded here or not given out yet, or the file cannot be a
            submission, or there were too many.
    """
    source = clean_name(name)
    _verify(loaded, student, task, source, content, received)
    if archive:
        _verify_archive(loaded, task, archive)
    with transaction.atomic():
        round = Round.current()
        if round is None:
            raise RuntimeError("no round is open: `praktikum serve` opens the first one")
        attempt = Attempt.objects.create(
            student=student,
            task=task,
            received=received,
            source=source,
            file=StoredFile.keep(content),
            archive=StoredFile.keep(archive) if archive else None,
        )
        put(attempt, round, received)
    return attempt


def clean_name(name: str) -> str:
    """Return the last part of a file's name as a person may read it, of at most 100 characters.

    >>> clean_name("..\\\\..\\\\etc/task 1.ipynb"), clean_name("/")
    ('task 1.ipynb', 'file')
    """
    last = printable(PurePosixPath(name.replace("\\", "/")).name).strip(" .")
    path = PurePosixPath(last or "file")
    suffix = path.suffix[:_LONGEST_NAME].lower()
    return path.name.removesuffix(path.suffix)[: _LONGEST_NAME - len(suffix)] + suffix


def _verify_archive(loaded: LoadedCourse, task: str, archive: bytes) -> None:
    unit = loaded.packs[task].unit
    if not unit.given:
        raise IntakeError(_NO_ARCHIVE)
    if len(archive) > MAX_ARCHIVE:
        size, limit = -(-len(archive) // 2**20), MAX_ARCHIVE // 2**20
        raise IntakeError(
            _ARCHIVE_TOO_LARGE.format(name=unit.asked.archive, size=size, limit=limit)
        )


def _verify(
    loaded: LoadedCourse,
    student: User,
    task: str,
    source: str,
    content: bytes,
    received: dt.datetime,
) -> None:
    if task not in loaded.packs or loaded.course.task(task).issued > received:
        raise IntakeError(_NOT_OPEN)
    if not source.endswith(SUFFIXES):
        raise IntakeError(_SUFFIX.format(name=source))
    if not content:
        raise IntakeError(_EMPTY.format(name=source))
    if len(content) > MAX_BYTES:
        size, limit = -(-len(content) // 2**20), MAX_BYTES // 2**20
        raise IntakeError(_TOO_LARGE.format(name=source, size=size, limit=limit))
    hour = received - dt.timedelta(hours=1)
    if student.attempts.filter(task=task, received__gt=hour).count() >= _MOST_AN_HOUR:
        raise IntakeError(_TOO_MANY.format(limit=_MOST_AN_HOUR))


_NOT_OPEN = Text(
    ru="Это задание здесь сейчас не принимается.", en="This task is not taken in here now."
)
_SUFFIX = Text(
    ru="{name}: нужна тетрадь .ipynb или файл .py.",
    en="{name}: a notebook (.ipynb) or a Python file (.py) is wanted.",
)
_EMPTY = Text(ru="{name}: файл пуст.", en="{name}: the file is empty.")
_TOO_LARGE = Text(
    ru="{name}: {size} МБ при пределе {limit} МБ; очистите вывод ячеек и сдайте снова.",
    en="{name}: {size} MB, the limit is {limit} MB; clear the cells' output and hand in again.",
)
_TOO_MANY = Text(
    ru="Не больше {limit} попыток в час; подождите немного.",
    en="No more than {limit} attempts an hour; wait a little.",
)
_NO_ARCHIVE = Text(
    ru="Это задание не просит архива с предсказаниями.",
    en="This task asks for no archive of predictions.",
)
_ARCHIVE_TOO_LARGE = Text(
    ru="{name}: {size} МБ при пределе {limit} МБ; маски — чёрно-белые PNG, речь — WAV, 16 бит.",
    en="{name}: {size} MB, the limit is {limit} MB; masks are black and white PNG, "
    "speech is WAV of 16 bits.",
)
