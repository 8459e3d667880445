"""What a pickle holds, when it holds plain data: read without running any of it.

A pickle is a program for a small stack machine; two of its commands import and call anything that
they name. Here the program is read command by command (`pickletools.genops` only decodes) and the
few commands that build plain values are carried out. An array is recognised by the commands with
which NumPy writes one; any other import or call is refused. Nothing is ever imported or called.

It reads what CIFAR-10 needs: None, booleans, integers, bytes, strings, tuples, lists,
dictionaries and arrays of unsigned bytes. Python 2's strings come as bytes.

Sources: the comments of CPython's `pickletools`; NumPy's `ndarray.__reduce__`.
"""

from __future__ import annotations

import math
import pickletools
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import FormatError

__all__ = ["parse_pickle"]


@dataclass(frozen=True)
class _Name:
    """Something that the pickle would import; here it is only a name."""

    name: str


class _EmptyArray:
    """An array whose shape and bytes are still to come."""


class _Mark:
    """Where a group of values begins on the stack."""


RECONSTRUCT = (
    _Name("numpy.core.multiarray _reconstruct"),  # before NumPy 2
    _Name("numpy._core.multiarray _reconstruct"),
)
NDARRAY, DTYPE, UNSIGNED_BYTES = _Name("numpy ndarray"), _Name("numpy dtype"), _Name("u1")


def parse_pickle(content: bytes, name: str = "pickle") -> Any:
    """Return the plain value that is written in these bytes.

    `name` is for the errors. Raises FormatError for a torn pickle and for one that does anything
    else than building plain values.
    """
    machine = _Machine()
    try:
        for command, argument, _ in pickletools.genops(content):
            if command.name == "STOP":
                (value,) = machine.stack
                return value
            machine.run(command.name, argument)
    except FormatError as error:
        raise FormatError(f"{name}: {error}") from error
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(f"{name} is not a whole pickle of plain data: {error}") from error
    raise FormatError(f"{name} is not a whole pickle: it has no end")


class _Machine:
    """The stack and the memo of the pickle machine."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self, command: str, argument: Any) -> None:
        """Carry out one command. Raises FormatError if plain data never need it."""
        match command:
            case "PROTO" | "FRAME":
                pass
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                self.stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[command])
            case "INT" | "BININT" | "BININT1" | "BININT2" | "LONG" | "LONG1":
                self.stack.append(argument)
            case "BINBYTES" | "SHORT_BINBYTES" | "BINUNICODE" | "SHORT_BINUNICODE":
                self.stack.append(argument)
            case "STRING" | "BINSTRING" | "SHORT_BINSTRING":  # Python 2's; decoded byte by byte
                self.stack.append(argument.encode("latin-1"))
            case "PUT" | "BINPUT" | "LONG_BINPUT":
                self.memo[argument] = self.stack[-1]
            case "MEMOIZE":
                self.memo[len(self.memo)] = self.stack[-1]
            case "GET" | "BINGET" | "LONG_BINGET":
                self.stack.append(self.memo[argument])
            case "GLOBAL":
                self.stack.append(_Name(argument))
            case "STACK_GLOBAL":
                self.stack.append(_Name(" ".join(self._pop(2))))
            case "REDUCE":
                self._call(*self._pop(2))
            case "BUILD":
                self._set_state(*self._pop(1))
            case _:
                self._contain(command)

    def _contain(self, command: str) -> None:
        """Build a tuple, a list or a dictionary."""
        match command:
            case "MARK":
                self.stack.append(_Mark())
            case "EMPTY_TUPLE" | "EMPTY_LIST" | "EMPTY_DICT":
                self.stack.append({"EMPTY_TUPLE": tuple, "EMPTY_LIST": list}.get(command, dict)())
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                self.stack.append(tuple(self._pop(int(command[-1]))))
            case "TUPLE":
                self.stack.append(tuple(self._pop_to_mark()))
            case "APPEND" | "APPENDS":
                values = self._pop(1) if command == "APPEND" else self._pop_to_mark()
                self.stack[-1].extend(values)
            case "SETITEM" | "SETITEMS":
                values = self._pop(2) if command == "SETITEM" else self._pop_to_mark()
                self.stack[-1].update(zip(values[::2], values[1::2], strict=True))
            case _:
                raise FormatError(f"plain data never need the command {command}: refused")

    def _pop(self, count: int) -> list[Any]:
        if count > len(self.stack):
            raise IndexError("its stack is empty too early")
        split = len(self.stack) - count
        values = self.stack[split:]
        del self.stack[split:]  # in place: `append` of this very list may be waiting
        return values

    def _pop_to_mark(self) -> list[Any]:
        marks = [place for place, value in enumerate(self.stack) if isinstance(value, _Mark)]
        _mark, *values = self._pop(len(self.stack) - marks[-1])
        return values

    def _call(self, function: Any, arguments: Any) -> None:
        """Understand, instead of making, the two calls with which NumPy writes arrays of bytes."""
        if function in RECONSTRUCT and arguments[0] == NDARRAY:
            self.stack.append(_EmptyArray())
        elif function == DTYPE and arguments[0] in ("u1", b"u1"):
            self.stack.append(UNSIGNED_BYTES)
        else:
            called = function.name.replace(" ", ".") if isinstance(function, _Name) else function
            raise FormatError(f"it would call {called}, which no plain data need: refused")

    def _set_state(self, state: Any) -> None:
        """Fill the array below; of a dtype of single bytes the state says nothing."""
        target = self.stack[-1]
        if target == UNSIGNED_BYTES:
            return
        if not isinstance(target, _EmptyArray):
            raise FormatError(f"it would set the state of {target!r:.60}: refused")
        _version, shape, kind, by_columns, raw = state
        if kind != UNSIGNED_BYTES or math.prod(shape) != len(raw):
            raise FormatError(f"an array of shape {shape} does not fit {len(raw)} unsigned bytes")
        array = np.frombuffer(raw, np.uint8).reshape(shape, order="F" if by_columns else "C")
        self.stack[-1] = array
        self.memo = {key: array if kept is target else kept for key, kept in self.memo.items()}
