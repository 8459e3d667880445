"""Packs: an instructor's computes what is expected, a student's has it written down."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from praktikum.checks import CheckError, Expectation, between, close, equal
from praktikum.course.pack import (
    PUBLIC_SEED,
    PackError,
    expectation_from_json,
    expectation_to_json,
    open_pack,
    pack_unit,
    write_pack,
)
from praktikum.course.tables import CourseError
from praktikum.course.unit import Unit, read_unit


@pytest.fixture
def student_pack(toy_unit: Unit, tmp_path: Path) -> Path:
    write_pack(pack_unit(toy_unit), tmp_path / "task1.checks")
    return tmp_path / "task1.checks"


@pytest.fixture
def modular_pack(modular_unit: Unit, tmp_path: Path) -> Path:
    """A student's pack of the unit whose checks stand in modules."""
    write_pack(pack_unit(modular_unit), tmp_path / "seminar1.checks")
    return tmp_path / "seminar1.checks"


@pytest.fixture
def altered(modular_unit: Unit, tmp_path: Path) -> Callable[[str, str, str], Unit]:
    """Return the unit whose checks stand in modules, after a change of one of them."""

    def alter(module: str, old: str, new: str) -> Unit:
        folder = tmp_path / "altered"
        shutil.copytree(modular_unit.folder, folder)
        text = (folder / "checks" / module).read_text("utf-8")
        assert old in text
        (folder / "checks" / module).write_text(text.replace(old, new), "utf-8")
        return read_unit(folder)

    return alter


def test_a_student_pack_expects_what_the_oracles_say_under_the_public_seed(
    toy_unit: Unit, student_pack: Path
) -> None:
    whole, public = pack_unit(toy_unit), open_pack(student_pack)
    for name in whole.checks:
        expected = whole.expected(name, PUBLIC_SEED)
        for key, expectation in public.expected(name, PUBLIC_SEED).items():
            assert expectation.difference(expected[key].value) is None


def test_a_student_pack_has_the_same_checks_and_given_code(
    toy_unit: Unit, student_pack: Path
) -> None:
    whole, public = pack_unit(toy_unit), open_pack(student_pack)
    assert list(public.checks) == list(whole.checks)
    assert (public.starter, public.wanted) == (whole.starter, whole.wanted)


def test_a_student_pack_has_no_oracle_and_no_answer(student_pack: Path) -> None:
    content = "".join(path.read_text("utf-8") for path in student_pack.rglob("*.*"))
    assert "def the_mean" in content
    for secret in ("statistics", "fmean", "expects", "total /", "* self.factor"):
        assert secret not in content


def test_a_student_pack_knows_no_other_seed(student_pack: Path) -> None:
    with pytest.raises(PackError, match="seed=5: a student's pack knows only seed 2023"):
        open_pack(student_pack).expected("the_mean", 5)


@pytest.mark.parametrize(
    "name", ["task.toml", "observing/checks.py", "starter.json", "expectations.json"]
)
def test_a_damaged_pack_says_so_in_one_line(student_pack: Path, name: str) -> None:
    (student_pack / name).unlink()
    with pytest.raises(PackError, match="fetch it again"):
        open_pack(student_pack)


def test_other_seeds_give_other_inputs(toy_unit: Unit) -> None:
    pack = pack_unit(toy_unit)
    first, second = (pack.expected("the_mean", seed)["mean"] for seed in (1, 2))
    assert first != second


def test_the_digest_changes_with_whatever_decides_a_verdict(toy_unit: Unit, tmp_path: Path) -> None:
    folder = tmp_path / "t1_toy"
    shutil.copytree(toy_unit.folder, folder)
    before = pack_unit(read_unit(folder)).digest
    checks = (folder / "checks.py").read_text("utf-8")
    (folder / "checks.py").write_text(checks.replace("close(2 *", "close(3 *"), "utf-8")
    assert pack_unit(read_unit(folder)).digest != before


@pytest.mark.parametrize("module", ["mean.py", "centring.py", "cases.py", "oracles.py"])
def test_the_digest_covers_every_module_of_checks(
    modular_unit: Unit, altered: Callable[[str, str, str], Unit], module: str
) -> None:
    changed = altered(module, "\n\n", "\n\n# a word\n")
    assert pack_unit(changed).digest != pack_unit(modular_unit).digest


def test_checks_in_modules_are_asked_in_the_order_of_the_parts(modular_unit: Unit) -> None:
    checks = pack_unit(modular_unit).checks
    assert list(checks) == ["the_mean", "mean_of_one", "the_centred"]
    assert checks["the_centred"].needs == ("the_mean", "mean_of_one")


def test_a_student_pack_of_modules_is_what_the_instructors_is(
    modular_unit: Unit, modular_pack: Path
) -> None:
    whole, public = pack_unit(modular_unit), open_pack(modular_pack)
    assert [(check.name, check.needs) for check in public.checks.values()] == [
        (check.name, check.needs) for check in whole.checks.values()
    ]
    assert list(public.observing.items()) == list(whole.observing.items())
    assert public.wanted == whole.wanted == {"mean", "centred"}


@pytest.mark.parametrize("module", ["mean.py", "centring.py", "cases.py"])
def test_a_pack_that_lost_a_module_says_so_in_one_line(modular_pack: Path, module: str) -> None:
    (modular_pack / "observing" / module).unlink()
    with pytest.raises(PackError, match="fetch it again"):
        open_pack(modular_pack)


def test_two_checks_of_one_name_are_refused_with_their_modules(
    altered: Callable[[str, str, str], Unit],
) -> None:
    unit = altered("centring.py", "the_centred", "the_mean")
    with pytest.raises(CheckError, match="the_mean stands in mean and in centring: give one"):
        pack_unit(unit)


def test_a_check_that_needs_one_of_a_later_module_is_refused(
    altered: Callable[[str, str, str], Unit],
) -> None:
    unit = altered("mean.py", 'part="mean"', 'part="mean", needs=["the_centred"]')
    with pytest.raises(CheckError, match="check the_mean needs the_centred, which is not before"):
        pack_unit(unit)


def test_checks_in_a_file_and_in_modules_at_once_are_refused(
    altered: Callable[[str, str, str], Unit],
) -> None:
    unit = altered("mean.py", "Checks", "Questions")
    (unit.folder / "checks.py").write_text("")
    with pytest.raises(CourseError, match="has both a checks.py and a folder checks: leave one"):
        pack_unit(unit)


def test_a_unit_without_checks_is_refused(altered: Callable[[str, str, str], Unit]) -> None:
    unit = altered("mean.py", "Checks", "Questions")
    shutil.rmtree(unit.folder / "checks")
    with pytest.raises(CourseError, match="has neither a checks.py nor modules in a folder checks"):
        pack_unit(unit)


def test_a_check_without_an_oracle_is_refused(toy_unit: Unit, tmp_path: Path) -> None:
    folder = tmp_path / "t1_toy"
    shutil.copytree(toy_unit.folder, folder)
    checks = (folder / "checks.py").read_text("utf-8")
    (folder / "checks.py").write_text(checks.replace("@both.expects\n", ""), "utf-8")
    with pytest.raises(PackError, match="check both has no expecting half"):
        pack_unit(read_unit(folder))


@pytest.mark.parametrize(
    ("expectation", "right", "wrong"),
    [
        (close([1.0, np.inf], rtol=1e-3), [1.0005, np.inf], [1.0, 2.0]),
        (close(np.float32([1.5]), dtype=np.float32), np.float32([1.5]), np.float64([1.5])),
        (equal(["да", "нет"]), ["да", "нет"], ["да", "да"]),
        (equal([True, False]), [True, False], [True, True]),
        (between(0, np.inf, shape=(2,)), [0.0, 5.0], [0.0, -1.0]),
    ],
)
def test_an_expectation_survives_its_file(
    expectation: Expectation, right: object, wrong: object
) -> None:
    fields = json.loads(json.dumps(expectation_to_json(expectation)))
    again = expectation_from_json(fields)
    assert again.difference(np.asarray(right)) is None
    assert again.difference(np.asarray(wrong)) is not None
