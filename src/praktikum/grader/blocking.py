"""When a check is blocked by another one.

A check that needs others is asked all the same: what passes is passed. If it fails, the failure
is put down to the first needed check that did not pass. Only after a need that ended its process
or never came back it is not asked, since the same would happen again, one time limit later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from praktikum.checks import Check, Reason, Status, Verdict

__all__ = ["settle"]

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


def _blocked(check: Check, need: str) -> Verdict:
    return Verdict(check.name, Status.BLOCKED, Reason.NEEDS, detail=need)


def _root(verdict: Verdict, before: Mapping[str, Verdict]) -> Verdict:
    while verdict.status is Status.BLOCKED:
        verdict = before[verdict.detail]
    return verdict
