"""What a value must be: close to another, equal to it, or between two.

An expectation judges one observed array and says what is wrong at the first difference. It is
made of arrays and numbers only, so that public ones can be written to a file beside a task.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from praktikum.checks.verdict import Reason

__all__ = ["Between", "Close", "Difference", "Equal", "Expectation", "between", "close", "equal"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a value is not as expected."""

    reason: Reason
    index: tuple[int, ...] | None
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class Close:
    """Within ``atol + rtol · |value|`` of ``value`` in every element, and of its shape."""

    value: np.ndarray
    rtol: float
    atol: float
    dtype: str | None

    def difference(self, got: np.ndarray) -> Difference | None:
        """Return how ``got`` differs, or None where it doesn't."""
        if early := _differs_in_form(got, self.value.shape, self.dtype):
            return early
        with np.errstate(invalid="ignore", over="ignore"):
            within = np.abs(got - self.value) <= self.atol + self.rtol * np.abs(self.value)
        # Infinity is right only where it is expected: its tolerance would be infinite too.
        within &= np.isfinite(self.value)
        good = within | (got == self.value) | (np.isnan(got) & np.isnan(self.value))
        return _first(~good, got, self.value, Reason.VALUE)


@dataclass(frozen=True, slots=True)
class Equal:
    """The same elements, of any kind: numbers, booleans or text."""

    value: np.ndarray

    def difference(self, got: np.ndarray) -> Difference | None:
        """Return how ``got`` differs, or None where it doesn't."""
        if got.shape != self.value.shape:
            return _shape(got.shape, self.value.shape)
        if (got.dtype.kind == "U") != (self.value.dtype.kind == "U"):
            return Difference(Reason.DTYPE, None, str(got.dtype), str(self.value.dtype))
        return _first(got != self.value, got, self.value, Reason.VALUE)


@dataclass(frozen=True, slots=True)
class Between:
    """Every element ``x`` has ``low <= x <= high``; the shape is given where it matters."""

    low: float
    high: float
    shape: tuple[int, ...] | None = None

    def difference(self, got: np.ndarray) -> Difference | None:
        """Return how ``got`` differs, or None where it doesn't."""
        shape = got.shape if self.shape is None else self.shape
        if early := _differs_in_form(got, shape, None):
            return early
        outside = ~((got >= self.low) & (got <= self.high))
        wanted = np.broadcast_to(np.asarray(f"{self.low:g} … {self.high:g}"), got.shape)
        return _first(outside, got, wanted, Reason.RANGE)


Expectation = Close | Equal | Between


def close(
    value: npt.ArrayLike, rtol: float = 1e-6, atol: float = 1e-8, dtype: npt.DTypeLike | None = None
) -> Close:
    """Return the expectation of ``value`` to a tolerance, and of its ``dtype`` where given."""
    name = None if dtype is None else np.dtype(dtype).name
    array = np.asarray(value)
    return Close(array.astype(np.result_type(array.dtype, np.float32)), rtol, atol, name)


def equal(value: npt.ArrayLike) -> Equal:
    """Return the expectation of exactly ``value``."""
    return Equal(np.asarray(value))


def between(low: float, high: float, shape: tuple[int, ...] | None = None) -> Between:
    """Return the expectation that every element lies in ``[low, high]``, ends included."""
    return Between(float(low), float(high), shape)


def _differs_in_form(
    got: np.ndarray, shape: tuple[int, ...], dtype: str | None
) -> Difference | None:
    if got.dtype.kind not in "biufc":
        return Difference(Reason.NOT_AN_ARRAY, None, str(got.dtype), "numbers")
    if got.shape != shape:
        return _shape(got.shape, shape)
    if dtype is not None and got.dtype.name != dtype:
        return Difference(Reason.DTYPE, None, got.dtype.name, dtype)
    return None


def _shape(got: tuple[int, ...], wanted: tuple[int, ...]) -> Difference:
    return Difference(Reason.SHAPE, None, str(got), str(wanted))


def _first(
    wrong: np.ndarray, got: np.ndarray, wanted: np.ndarray, reason: Reason
) -> Difference | None:
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape))
    value = got[index]
    if value.dtype.kind in "fc" and not np.isfinite(value):
        reason = Reason.NOT_FINITE
    return Difference(reason, index, _show(value), _show(wanted[index]))


def _show(value: np.generic) -> str:
    return f"{value:.7g}" if value.dtype.kind in "fc" else str(value)[:80]
