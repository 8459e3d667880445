"""A check and its two halves.

``observe(sub, rng)`` touches the submission and returns named arrays; it runs where the
submission runs. ``expect(rng)`` says what they must be, from an oracle that shares nothing with
the submission; it never runs beside it. Both draw the same inputs from the same ``rng``::

    @check(part="network", points="0.25")
    def relu_forward(sub, rng):
        \"\"\"
        ru: ReLU обнуляет отрицательное и не трогает остальное.
        en: ReLU zeroes what is negative and leaves the rest alone.
        \"\"\"
        return {"output": sub.ReLU().forward(rng.normal(size=(3, 4)))}


    @relu_forward.expects
    def _(rng):
        return {"output": close(rng.normal(size=(3, 4)).clip(min=0))}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from praktikum.checks.expectation import Expectation
from praktikum.checks.text import Text, parse_bilingual
from praktikum.checks.verdict import Reason, Status, Verdict

__all__ = ["Check", "CheckError", "check", "checks_of", "judge"]

Observe = Callable[[Any, np.random.Generator], Mapping[str, npt.ArrayLike]]
Expect = Callable[[np.random.Generator], Mapping[str, Expectation]]


class CheckError(ValueError):
    """A check is not written as a check must be: an author's mistake."""


@dataclass(slots=True)
class Check:
    """One question to a submission, and what its answer earns.

    Attributes:
        name: the name of the observing function.
        part: the part of the task to which its points belong.
        points: what it earns when it passes; an exercise earns none.
        needs: checks without which this one cannot pass.
        timeout: seconds of wall time for one observation.
        statement: what is asked, in one sentence.
        hint: what may help, if it fails.
    """

    name: str
    part: str
    points: Decimal
    needs: tuple[str, ...]
    timeout: float
    statement: Text
    hint: Text | None
    observe: Observe
    expect: Expect | None = field(default=None)

    def expects(self, expect: Expect) -> Expect:
        """Take ``expect`` as the other half of this check (a decorator)."""
        self.expect = expect
        return expect


def check(
    part: str, points: str | Decimal = "0", needs: Iterable[str] = (), timeout: float = 10.0
) -> Callable[[Observe], Check]:
    """Return a decorator that makes an observing function a check.

    Raises:
        CheckError: the docstring does not state the check in Russian and in English.
    """

    def decorate(observe: Observe) -> Check:
        name = getattr(observe, "__name__", "")
        docstring = observe.__doc__ or ""
        statement = parse_bilingual(docstring)
        if statement is None:
            raise CheckError(f"check {name}: its docstring wants a line 'ru: …' and a line 'en: …'")
        return Check(
            name=name,
            part=part,
            points=Decimal(points),
            needs=tuple(needs),
            timeout=timeout,
            statement=statement,
            hint=parse_bilingual(docstring, "hint"),
            observe=observe,
        )

    return decorate


def checks_of(*namespaces: Mapping[str, object]) -> dict[str, Check]:
    """Return the checks among the names of modules, in the order in which they stand.

    Raises:
        CheckError: a check needs one that does not stand before it, or has another one's name.
    """
    checks: dict[str, Check] = {}
    for value in (value for namespace in namespaces for value in namespace.values()):
        if not isinstance(value, Check):
            continue
        known = checks.setdefault(value.name, value)
        if known is not value:
            places = f"in {_module_of(known)} and in {_module_of(value)}"
            raise CheckError(f"check {value.name} stands {places}: give one of them another name")
        if missing := [need for need in value.needs if need not in checks]:
            raise CheckError(f"check {value.name} needs {missing[0]}, which is not before it")
    return checks


def judge(
    check: Check, observed: Mapping[str, np.ndarray], expected: Mapping[str, Expectation]
) -> Verdict:
    """Return the verdict on what was observed: passed, or failed at the first difference."""
    for name, expectation in expected.items():
        if name not in observed:
            return Verdict(
                check.name, Status.FAILED, Reason.NOT_AN_ARRAY, where=name, hint=check.hint
            )
        if found := expectation.difference(observed[name]):
            index = "" if not found.index else "[" + ", ".join(map(str, found.index)) + "]"
            return Verdict(
                check.name,
                Status.FAILED,
                found.reason,
                where=name + index,
                got=found.got,
                expected=found.expected,
                hint=check.hint,
            )
    return Verdict(check.name, Status.PASSED)


def _module_of(check: Check) -> str:
    return check.observe.__module__.rpartition(".")[2]
