"""What can go wrong with a sandbox.

::

    SandboxError
    ├── Unavailable        isolation cannot be had on this machine: refuse to grade
    ├── WorkerFailed       the worker did not start, or died twice: our fault, never a zero
    └── SubmissionFailed   what a submission did to itself: costs it what was being asked
        ├── TimedOut       no answer in the wall time given
        ├── Crashed        the process ended without an answer
        ├── Overflow       an answer of more bytes than allowed
        └── Garbled        bytes that are not an answer
"""

from __future__ import annotations

import signal
from typing import Literal

Reason = Literal["memory", "cpu", "signal", "exit"]


class SandboxError(Exception):
    """Any failure of this room."""


class Unavailable(SandboxError):
    """Isolation cannot be had here; the text says what to install or allow."""


class WorkerFailed(SandboxError):
    """The worker did not start or did not answer; no submission is to blame."""


class SubmissionFailed(SandboxError):
    """A submission ended its own session; the next session is not affected."""


class TimedOut(SubmissionFailed):
    """No answer came within `wall_seconds` (seconds of wall time)."""

    def __init__(self, wall_seconds: float) -> None:
        super().__init__(f"no answer within {wall_seconds:.3g} s of wall time")
        self.wall_seconds = wall_seconds


class Crashed(SubmissionFailed):
    """The process ended without an answer.

    `reason` is "memory" or "cpu" where a limit ended it, else "signal" or "exit"; one of
    `signal_number` and `exit_code` is set.
    """

    def __init__(
        self, reason: Reason, *, signal_number: int | None = None, exit_code: int | None = None
    ) -> None:
        super().__init__(_crash_text(reason, signal_number, exit_code))
        self.reason = reason
        self.signal_number = signal_number
        self.exit_code = exit_code


class Overflow(SubmissionFailed):
    """An answer announced more than the `allowed` bytes; none of it was read."""

    def __init__(self, announced: int, allowed: int) -> None:
        super().__init__(f"an answer of {announced:,} bytes, where at most {allowed:,} are allowed")
        self.announced = announced
        self.allowed = allowed


class Garbled(SubmissionFailed):
    """Bytes came that are not an answer: unasked, or cut short."""


def _crash_text(reason: Reason, signal_number: int | None, exit_code: int | None) -> str:
    if reason == "memory":
        return "used more memory than allowed"
    if reason == "cpu":
        return "used more CPU time than allowed"
    if signal_number is not None:
        return f"was ended by {signal.Signals(signal_number).name}"
    return f"left with exit code {exit_code} and no answer"
