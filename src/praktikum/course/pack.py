"""A unit made ready to be checked: the given code, the observing half, and what is expected.

An instructor's pack is made from the unit's sources and computes expectations with the oracles,
for any seed. A student's pack is a folder beside the notebook, without sources or oracles: it
holds the expectations for one public seed, so checking needs nothing but NumPy::

    task1.checks/
      task.toml          the parts and their points
      starter.json       the code cells of the notebook as given
      observing/         the observing halves of the check modules
      expectations.json  what it must give under the public seed
      given/             what predictions are to be made for, where the task wants some
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from praktikum.checks import Between, Check, Close, Equal, Expectation
from praktikum.course.check_modules import check_files, load_checks
from praktikum.course.given import GIVEN, Size, given_files, read_sizes
from praktikum.course.halves import observed_names, observing_halves
from praktikum.course.holes import Address
from praktikum.course.notebook import code_cells
from praktikum.course.unit import Unit, read_unit, verify_against_checks

__all__ = [
    "PUBLIC_SEED",
    "Pack",
    "PackError",
    "expectation_from_json",
    "expectation_to_json",
    "open_pack",
    "pack_unit",
    "write_pack",
]

PUBLIC_SEED = 2023
_OBSERVING = "observing"  # the folder in a student's pack

Expected = Mapping[str, Expectation]


class PackError(ValueError):
    """A pack cannot be made or read; the message says what is wrong with it."""


@dataclass(frozen=True)
class Pack:
    """What grading and self-checking need to know of a unit.

    Attributes:
        unit: its description.
        checks: its checks by name, in their order.
        starter: the code cells that the student was given.
        observing: the sources of the observing halves, by the names of their modules.
        public: the expectations under the public seed, in a student's pack; None in an
            instructor's, whose checks know their own.
        given: in a student's pack, how large the prediction for each one must be, by its name;
            None in an instructor's, who draws them from a secret.
    """

    unit: Unit
    checks: Mapping[str, Check]
    starter: tuple[str, ...]
    observing: Mapping[str, str]
    public: Mapping[str, Expected] | None = None
    given: Mapping[str, Size] | None = None

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The names that a submission must define."""
        holes = {Address.parse(text).name for text in self.unit.write}
        return observed_names(self.observing.values()) | holes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides a verdict: it tells whether a stored one still holds."""
        parts = [*self.starter, *self.unit.write]
        for module, source in self.observing.items():
            parts += [module, source]
        files = [self.unit.file]
        if self.public is None:
            files += [*check_files(self.unit), *given_files(self.unit)]
        for path in files:
            parts += [path.name, path.read_text("utf-8")]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def expected(self, name: str, seed: int) -> Expected:
        """Return what the check ``name`` must observe under ``seed``.

        Raises:
            PackError: a student's pack was asked for another seed than the public one.
        """
        if self.public is not None:
            if seed != PUBLIC_SEED:
                raise PackError(f"seed={seed}: a student's pack knows only seed {PUBLIC_SEED}")
            return self.public[name]
        expect = self.checks[name].expect
        if expect is None:
            raise PackError(f"{self.unit.id}: check {name} has no expecting half")
        return expect(np.random.default_rng(seed))


def pack_unit(unit: Unit) -> Pack:
    """Return the pack of a unit made from its sources.

    Raises:
        PackError: a check has no expecting half.
        CheckError, CourseError, HoleError, SourceError: another mistake in the unit.
    """
    sources, checks = load_checks(unit, check_files(unit))
    verify_against_checks(unit, checks.values())
    if lacking := [check.name for check in checks.values() if check.expect is None]:
        raise PackError(f"{unit.id}: check {lacking[0]} has no expecting half")
    return Pack(unit, checks, code_cells(unit), observing_halves(sources))


def write_pack(pack: Pack, folder: Path) -> None:
    """Write the student's pack of a unit into ``folder``."""
    (folder / _OBSERVING).mkdir(parents=True, exist_ok=True)
    expectations = {
        name: {key: expectation_to_json(value) for key, value in expected.items()}
        for name in pack.checks
        for expected in [pack.expected(name, PUBLIC_SEED)]
    }
    (folder / pack.unit.file.name).write_bytes(pack.unit.file.read_bytes())
    (folder / "starter.json").write_text(json.dumps(pack.starter, ensure_ascii=False), "utf-8")
    for module, source in pack.observing.items():
        (folder / _OBSERVING / f"{module}.py").write_text(source, "utf-8")
    (folder / "expectations.json").write_text(json.dumps(expectations), "utf-8")


def open_pack(folder: Path) -> Pack:
    """Return the student's pack in ``folder``.

    Raises:
        PackError: a file of it is missing or damaged.
    """
    try:
        unit = read_unit(folder)
        observing, checks = load_checks(unit, sorted((folder / _OBSERVING).glob("*.py")))
        starter = tuple(json.loads((folder / "starter.json").read_text("utf-8")))
        stored = json.loads((folder / "expectations.json").read_text("utf-8"))
        public = {
            name: {key: expectation_from_json(value) for key, value in values.items()}
            for name, values in stored.items()
        }
        if lost := public.keys() ^ checks.keys():
            raise ValueError(f"half of check {min(lost)} is missing")
        given = read_sizes(folder / GIVEN)
        if given and len(given) != unit.given:
            raise ValueError(f"of {unit.given} given files {len(given)} are there")
    except (OSError, ImportError, SyntaxError, ValueError, KeyError, TypeError) as error:
        raise PackError(f"{folder}: this pack is damaged ({error}); fetch it again") from error
    return Pack(unit, checks, starter, observing, public, given)


def expectation_to_json(expectation: Expectation) -> dict[str, Any]:
    """Return an expectation as plain lists and numbers."""
    match expectation:
        case Close(value, rtol, atol, dtype):
            return {"close": _array(value), "rtol": rtol, "atol": atol, "dtype": dtype}
        case Equal(value):
            return {"equal": _array(value)}
        case Between(low, high, shape):
            return {"low": low, "high": high, "shape": shape}


def expectation_from_json(fields: dict[str, Any]) -> Expectation:
    """Return the expectation that `expectation_to_json` wrote."""
    if "close" in fields:
        value = np.array(fields["close"][0], fields["close"][1])
        return Close(value, fields["rtol"], fields["atol"], fields["dtype"])
    if "equal" in fields:
        return Equal(np.array(fields["equal"][0], fields["equal"][1]))
    shape = None if fields["shape"] is None else tuple(fields["shape"])
    return Between(fields["low"], fields["high"], shape)


def _array(value: np.ndarray) -> tuple[Any, str]:
    return value.tolist(), value.dtype.str
