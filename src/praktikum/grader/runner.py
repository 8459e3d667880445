"""What runs beside the submission: its definitions, and the observing halves of the checks.

The same code serves the sandbox (`serve`, over a channel of bytes) and the student's own
self-check (`Runner`, in process). It knows no answer and no secret. Whatever a submission does
to this process, it can only change what is sent back; that is judged elsewhere.
"""

from __future__ import annotations

import json
import linecache
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Protocol

import numpy as np

from praktikum.checks import (
    BorderError,
    Check,
    Reason,
    Status,
    Verdict,
    checks_of,
    encode_arrays,
    run_modules,
)
from praktikum.grader.definitions import Definition, Selection, select
from praktikum.grader.submission import Cell

__all__ = ["REASONS_OF_A_SUBMISSION", "Channel", "Raised", "Runner", "serve"]

# What code beside the submission can know; the rest is for the grader to say.
REASONS_OF_A_SUBMISSION = frozenset(
    {
        Reason.MISSING,
        Reason.NOT_WRITTEN,
        Reason.SIGNATURE,
        Reason.RAISED,
        Reason.MEMORY,
        Reason.TIMEOUT,
        Reason.NOT_AN_ARRAY,
    }
)

_MAX_DETAIL = 400  # characters of an exception's text


class Channel(Protocol):
    """Messages to and from the grader."""

    def receive(self) -> bytes | None:
        """Return the next message, None when there will be none."""

    def send(self, message: bytes) -> None:
        """Send a message."""


@dataclass
class Raised(Exception):
    """The submission's code raised: why that counts against it, where, and with what words."""

    reason: Reason
    where: str
    detail: str

    def verdict(self, check: Check) -> Verdict:
        """Return the failure of the check that was being asked."""
        return Verdict(
            check.name,
            Status.FAILED,
            self.reason,
            where=self.where,
            detail=self.detail,
            hint=check.hint,
        )


class _Missing(AttributeError):
    """The submission does not define a name."""


class _Names:
    """A submission as the checks see it: its global names as attributes."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise _Missing(name) from None


class Runner:
    """Runs definitions in a namespace of their own, and observes what they do."""

    def __init__(
        self, observing: Mapping[str, str], namespace: dict[str, Any] | None = None
    ) -> None:
        """Take the sources of the observing halves, and a namespace where one is already filled.

        Args:
            observing: by the names of their modules, in the order in which checks need each other.
            namespace: the names that a submission defines; without it they come by `define`.
        """
        self._checks = checks_of(*run_modules(observing).values())
        self._namespace = {"__name__": "submission"} if namespace is None else namespace
        self._definitions: tuple[Definition, ...] = ()

    def read(self, cells: Iterable[Cell], wanted: Iterable[str]) -> Selection:
        """Return what the cells give for ``wanted``: the definitions to run, in order."""
        selection = select(cells, wanted)
        self._definitions = selection.definitions
        return selection

    def define(self, index: int) -> None:
        """Run one definition.

        Raises:
            Raised: it did; its names are then missing.
        """
        definition = self._definitions[index]
        file = definition.place
        padded = "\n" * (definition.line - 1) + definition.source
        linecache.cache[file] = (len(padded), None, padded.splitlines(keepends=True), file)
        try:
            exec(compile(padded, file, "exec", dont_inherit=True), self._namespace)
        except BaseException as error:
            raise _raised(error) from None

    def observe(self, name: str, seed: int) -> Mapping[str, Any]:
        """Return what the check ``name`` observes under a seed.

        Raises:
            Raised: the submission's code did.
        """
        check = self._checks[name]
        try:
            return check.observe(_Names(self._namespace), np.random.default_rng(seed))
        except BaseException as error:
            raise _raised(error) from None


def serve(channel: Channel) -> None:
    """Answer the grader's requests over a channel until it closes.

    A request is JSON, one of ``{"observing": {module: source}}``,
    ``{"read": cells, "wanted": names}``, ``{"define": index}`` and
    ``{"observe": name, "seed": seed}``. An answer begins with one letter: ``A`` arrays
    (`encode_arrays`), ``J`` JSON, ``R`` JSON of what was `Raised`.
    """
    runner: Runner | None = None
    while (message := channel.receive()) is not None:
        request = json.loads(message)
        if "observing" in request:
            runner = Runner(request["observing"])
            channel.send(b"J{}")
            continue
        assert runner is not None
        try:
            channel.send(_answer(runner, request))
        except Raised as raised:
            channel.send(b"R" + json.dumps(asdict(raised)).encode())


def _answer(runner: Runner, request: dict[str, Any]) -> bytes:
    if "read" in request:
        cells = [Cell(number, source) for number, source in request["read"]]
        selection = runner.read(cells, request["wanted"])
        names = [sorted(definition.names) for definition in selection.definitions]
        return b"J" + json.dumps({"defines": names, "problems": selection.problems}).encode()
    if "define" in request:
        runner.define(request["define"])
        return b"J{}"
    observed = runner.observe(request["observe"], request["seed"])
    try:
        return b"A" + encode_arrays(observed)
    except BorderError as error:
        raise Raised(Reason.NOT_AN_ARRAY, "", str(error)[:_MAX_DETAIL]) from None
    except BaseException as error:  # an object whose __array__ raises what it likes
        raise _raised(error) from None


def _raised(error: BaseException) -> Raised:
    where = _place(error.__traceback__)
    detail = _words(error)
    match error:
        case _Missing():
            return Raised(Reason.MISSING, str(error), detail)
        case NotImplementedError():
            return Raised(Reason.NOT_WRITTEN, where, detail)
        case MemoryError():
            return Raised(Reason.MEMORY, where, detail)
        case TypeError() if not where:  # raised by the call itself, not inside of it
            return Raised(Reason.SIGNATURE, "", detail)
        case TimeoutError():
            return Raised(Reason.TIMEOUT, where, detail)
        case _:
            return Raised(Reason.RAISED, where, detail)


def _words(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # an exception of the submission's own making
        text = ""
    return f"{type(error).__name__}: {text}"[:_MAX_DETAIL]


def _place(trace: TracebackType | None) -> str:
    """Return the innermost line of the submission in a traceback: ``cell 5, line 12``."""
    places = [
        f"{frame.filename}, line {frame.lineno}"
        for frame in traceback.extract_tb(trace)
        if frame.filename.startswith("cell ")
    ]
    return places[-1] if places else ""
