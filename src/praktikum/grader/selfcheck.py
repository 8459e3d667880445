"""The student's own check: in this process, under the public seed, with nothing hidden.

`check_submission` reads a file as the grader would; `check_part` looks at the names of a running
notebook. Both give the verdicts that grading gives, except that grading draws other inputs.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.table import Table

from praktikum.checks import (
    BorderError,
    Check,
    Language,
    Reason,
    Verdict,
    decode_arrays,
    encode_arrays,
)
from praktikum.course.content import find_course, open_content
from praktikum.course.pack import PUBLIC_SEED, Pack, PackError, open_pack, pack_unit
from praktikum.grader.archive import read_archive
from praktikum.grader.judging import Observed, settle, verdict_on
from praktikum.grader.outcome_table import outcome_table
from praktikum.grader.predictions import Predictions, read_predictions
from praktikum.grader.runner import Raised, Runner
from praktikum.grader.submission import Cell, Submission, SubmissionError

__all__ = ["check_part", "check_predictions", "check_submission", "find_pack"]


def find_pack(unit: str | None, folder: Path) -> Pack:
    """Return the pack that lies beside a notebook in ``folder``, else the one of the course.

    Args:
        unit: the unit's id or its beginning; None where there is only one pack.
        folder: where the notebook lies.

    Raises:
        PackError: there is none, or more than one and no unit was named.
    """
    packs = [open_pack(path) for path in sorted(folder.glob("*.checks")) if path.is_dir()]
    matching = [pack for pack in packs if unit is None or pack.unit.id.startswith(unit)]
    if len(matching) == 1:
        return matching[0]
    if len(matching) > 1:
        names = ", ".join(pack.unit.id for pack in matching)
        raise PackError(f"{folder}: which unit is meant? there are {names}; name it with --unit")
    try:
        content = open_content(find_course(folder))
        chosen = content.tasks if unit is None else [content.unit(unit)]
    except ValueError as error:
        raise PackError(f"{folder}: no {unit or '*'}.checks folder here ({error})") from error
    if len(chosen) != 1:
        raise PackError(f"{folder}: which unit is meant? name it with --unit")
    return pack_unit(chosen[0])


def check_submission(pack: Pack, submission: Submission) -> tuple[list[Verdict], list[str]]:
    """Return the verdicts on a file under the public seed, and what was passed over in it."""
    runner = Runner(pack.observing)
    cells = [Cell(0, source) for source in pack.starter] + list(submission.cells)
    selection = runner.read(cells, pack.wanted)
    problems = list(selection.problems)
    undefined: dict[str, Raised] = {}
    for index, definition in enumerate(selection.definitions):
        try:
            runner.define(index)
        except Raised as raised:
            undefined.update(dict.fromkeys(definition.names, raised))
    return _verdicts(pack, pack.checks.values(), runner, undefined), problems


def check_predictions(pack: Pack, folder: Path) -> Predictions | None:
    """Return which predictions in ``folder`` can be used; the truth is not here to measure them by.

    None where the task wants none, or the pack came without what is given.
    """
    if not pack.given:
        return None
    asked = pack.unit.asked
    path = folder / asked.archive
    try:
        content = read_archive(path) if os.path.lexists(path) else None
        return read_predictions(content, pack.given, asked)
    except SubmissionError as error:
        return Predictions({}, len(pack.given), (error.text,))


def check_part(unit: str, part: str, namespace: dict[str, Any], language: Language = "ru") -> Table:
    """Return a table of what the checks of one part say of a notebook's names.

    For the last line of a notebook cell: ``check_part("t1_numpy_mlp", "network", globals())``.
    Checks of other parts that these need are asked too, and shown where they did not pass.

    Raises:
        PackError: the unit's checks are not beside the notebook; KeyError: no such part.
    """
    pack = find_pack(unit, Path.cwd())
    checks = _with_needs(pack, part)
    verdicts = _verdicts(pack, checks, Runner(pack.observing, namespace), {})
    shown = [each for each in verdicts if pack.checks[each.check].part == part or not each.passed]
    has_some = bool(pack.unit.part(part).thresholds)
    predicted = check_predictions(pack, Path.cwd()) if has_some else None
    return outcome_table(pack.unit, pack.checks, shown, language, predicted)


def _with_needs(pack: Pack, part: str) -> list[Check]:
    pack.unit.part(part)
    wanted: set[str] = set()
    for check in reversed(list(pack.checks.values())):
        if check.part == part or check.name in wanted:
            wanted |= {check.name, *check.needs}
    return [check for check in pack.checks.values() if check.name in wanted]


def _verdicts(
    pack: Pack, checks: Iterable[Check], runner: Runner, undefined: Mapping[str, Raised]
) -> list[Verdict]:
    verdicts: dict[str, Verdict] = {}
    for check in checks:

        def ask(check: Check = check) -> Verdict:
            return verdict_on(pack, check, PUBLIC_SEED, lambda: _observe(check, runner, undefined))

        verdicts[check.name] = settle(check, verdicts, ask)
    return list(verdicts.values())


def _observe(check: Check, runner: Runner, undefined: Mapping[str, Raised]) -> Observed:
    try:
        with _alarm(check.timeout):
            # The same conversion as at the sandbox's border, so the same answers pass.
            return decode_arrays(encode_arrays(runner.observe(check.name, PUBLIC_SEED)))
    except BorderError as error:
        raise Raised(Reason.NOT_AN_ARRAY, "", str(error)) from None
    except Raised as raised:
        if raised.reason is Reason.MISSING and raised.where in undefined:
            raise undefined[raised.where] from None
        raise


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the body after ``seconds``; only a main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
