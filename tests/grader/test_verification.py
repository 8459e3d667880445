"""The proof notices when it does not hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from praktikum.course.holes import HoleError
from praktikum.course.unit import Unit, read_unit
from praktikum.grader.prediction_proofs import prove_predictions
from praktikum.grader.verification import verify_unit


@pytest.fixture
def problems(toy_unit: Unit, tmp_path: Path) -> Callable[[str, str, str], list[str]]:
    """Change one file of the toy unit and return all that the proof complains about."""

    def change(name: str, old: str, new: str) -> list[str]:
        folder = tmp_path / "t1_toy"
        shutil.copytree(toy_unit.folder, folder)
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
        unit = read_unit(folder)
        return [
            f"{finding.variant}: {problem}"
            for finding in verify_unit(unit, [unit])
            for problem in finding.problems
        ]

    return change


def test_the_toy_unit_is_proved(toy_unit: Unit) -> None:
    assert [
        finding.problems for finding in verify_unit(toy_unit, [toy_unit]) if finding.problems
    ] == []


def test_a_unit_whose_checks_stand_in_modules_is_proved(modular_unit: Unit) -> None:
    assert [
        finding.problems
        for finding in verify_unit(modular_unit, [modular_unit])
        if finding.problems
    ] == []


def test_a_wrong_reference_is_noticed(problems: Callable[[str, str, str], list[str]]) -> None:
    found = problems("exercises.py", "total / values.size", "total / values.size + 1")
    assert any(line.startswith("reference, seed 1: the_mean failed: value") for line in found)


def test_a_mutant_that_gets_through_is_noticed(
    problems: Callable[[str, str, str], list[str]],
) -> None:
    found = problems("mutants/mean_forgets_one.py", "(values.size - 1)", "values.size")
    assert "mutant mean_forgets_one: the_mean passed and should not" in found


def test_a_mutant_that_fails_more_than_it_says_is_noticed(
    problems: Callable[[str, str, str], list[str]],
) -> None:
    found = problems(
        "mutants/scale_adds.py", "class Scaler:", "def mean(v):\n    0\n\nclass Scaler:"
    )
    assert any("mutant scale_adds: the_mean failed" in line for line in found)


def test_a_check_that_no_mutant_fails_is_noticed(
    problems: Callable[[str, str, str], list[str]],
) -> None:
    found = problems("mutants/only_together.py", '"both"', '"the_scale"')
    assert "mutants together: both is failed by no mutant" in found


def test_a_blank_that_earns_points_is_noticed(
    problems: Callable[[str, str, str], list[str]],
) -> None:
    found = problems("task.toml", '"exercises:mean", ', "")
    assert "blank: the_mean passed and should not" in found


def test_a_mutant_of_nothing_is_an_error(problems: Callable[[str, str, str], list[str]]) -> None:
    with pytest.raises(HoleError, match="mutant mean_forgets_one: no cell defines median"):
        problems("mutants/mean_forgets_one.py", "def mean", "def median")


@pytest.fixture
def mask_problems(masked_unit: Unit, tmp_path: Path) -> Callable[[str, str, str], list[str]]:
    """Change one file of the unit with masks and return what the proof says about masks."""

    def change(name: str, old: str, new: str) -> list[str]:
        folder = tmp_path / "t1_masked"
        shutil.copytree(masked_unit.folder, folder)
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
        return [
            f"{variant}: {problem}"
            for variant, problems in prove_predictions(read_unit(folder), 1)
            for problem in problems
        ]

    return change


def test_the_unit_with_masks_is_proved(masked_unit: Unit) -> None:
    findings = list(verify_unit(masked_unit, [masked_unit]))
    assert [finding for finding in findings if finding.problems] == []
    variants = {finding.variant for finding in findings if finding.variant.startswith("masks: ")}
    assert len(variants) == 6


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("task.toml", "[[0.5, 2]", "[[0.1, 2]", "masks: somebody everywhere: masks gives 2 for"),
        ("task.toml", "[[0.5, 2]", "[[0.2, 2]", "masks: the usual place: masks gives 2 for IoU"),
        (
            "predictions.py",
            "rng.integers(0, 8), rng.integers(0, 7)",
            "3, 3",
            "masks: of other images: masks gives 5 for IoU 1.000, and should give 0",
        ),
        (
            "predictions.py",
            "    image = rng",
            "    rng = np.random.default_rng(0)\n    image = rng",
            "images drawn again: two seeds drew the same",
        ),
        (
            "predictions.py",
            "    image = rng",
            "    rng = np.random.default_rng()\n    image = rng",
            "images drawn again: one seed drew two sets",
        ),
    ],
)
def test_points_that_a_guess_earns_are_noticed(
    mask_problems: Callable[[str, str, str], list[str]], name: str, old: str, new: str, said: str
) -> None:
    assert any(problem.startswith(said) for problem in mask_problems(name, old, new))
