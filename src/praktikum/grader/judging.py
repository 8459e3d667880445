"""From a check to its verdict, wherever the submission runs, and when another check blocks it.

A check that needs others is asked all the same: what passes is passed. If it fails, the failure
is put down to the first needed check that did not pass. Only after a need that ended its process
or never came back it is not asked, since the same would happen again, one time limit later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from praktikum.checks import Check, Reason, Status, Verdict, judge
from praktikum.course.pack import Pack
from praktikum.grader.runner import Raised

__all__ = ["settle", "verdict_on"]

Observed = Mapping[str, np.ndarray]

_FATAL = frozenset({Reason.TIMEOUT, Reason.CRASHED, Reason.MEMORY})


def settle(check: Check, before: Mapping[str, Verdict], ask: Callable[[], Verdict]) -> Verdict:
    """Return the verdict on ``check``: blocked, or what ``ask`` says.

    Args:
        check: the check that is due.
        before: the verdicts so far, on all that it needs.
        ask: asks the submission.
    """
    for need in check.needs:
        if _root(before[need], before).reason in _FATAL:
            return _blocked(check, need)
    verdict = ask()
    if verdict.status is Status.FAILED:
        for need in check.needs:
            if not before[need].passed:
                return _blocked(check, need)
    return verdict


def verdict_on(pack: Pack, check: Check, seed: int, observe: Callable[[], Observed]) -> Verdict:
    """Return the verdict on what ``observe`` returns, or on what it raises as `Raised`."""
    try:
        expected = pack.expected(check.name, seed)
    except Exception as error:  # an oracle of ours that raised
        detail = f"{type(error).__name__}: {error}"
        return Verdict(check.name, Status.ERROR, Reason.OURS, detail=detail)
    try:
        return judge(check, observe(), expected)
    except Raised as raised:
        return raised.verdict(check)


def _blocked(check: Check, need: str) -> Verdict:
    return Verdict(check.name, Status.BLOCKED, Reason.NEEDS, detail=need)


def _root(verdict: Verdict, before: Mapping[str, Verdict]) -> Verdict:
    while verdict.status is Status.BLOCKED:
        verdict = before[verdict.detail]
    return verdict
