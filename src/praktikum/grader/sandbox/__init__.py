"""The sandbox: submissions run behind two walls, and only bytes come out.

The outer wall is bubblewrap around a worker that has the libraries loaded; the inner walls are
those of a fresh child for each session.
"""

from praktikum.grader.sandbox.availability import why_unavailable
from praktikum.grader.sandbox.errors import (
    Crashed,
    Garbled,
    Overflow,
    SandboxError,
    SubmissionFailed,
    TimedOut,
    Unavailable,
    WorkerFailed,
)
from praktikum.grader.sandbox.limits import Limits
from praktikum.grader.sandbox.session import Session
from praktikum.grader.sandbox.view import View
from praktikum.grader.sandbox.worker import TrustedWorker, Worker

__all__ = [
    "Crashed",
    "Garbled",
    "Limits",
    "Overflow",
    "SandboxError",
    "Session",
    "SubmissionFailed",
    "TimedOut",
    "TrustedWorker",
    "Unavailable",
    "View",
    "Worker",
    "WorkerFailed",
    "why_unavailable",
]
