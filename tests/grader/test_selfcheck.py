"""Under a cell of a notebook: the checks of its part, and what keeps them from passing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from praktikum.course.given import draw_given
from praktikum.course.given_images import write_masks
from praktikum.course.pack import pack_unit, write_pack
from praktikum.course.start import start
from praktikum.course.unit import Unit
from praktikum.grader.selfcheck import check_part


def right_mean(values: np.ndarray) -> float:
    return float(np.mean(values))


def right_centred(values: np.ndarray) -> np.ndarray:
    return values - np.mean(values)


@pytest.fixture
def shown(
    modular_unit: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, Any]], str]:
    """Return what stands under the cell that checks the part "centring"."""
    write_pack(pack_unit(modular_unit), tmp_path / "seminar1.checks")
    monkeypatch.chdir(tmp_path)

    def show(names: dict[str, Any]) -> str:
        console = Console(width=120)
        with console.capture() as capture:
            console.print(check_part("s01_modules", "centring", names, language="en"))
        return capture.get()

    return show


def test_needed_checks_of_other_parts_that_passed_are_not_shown(
    shown: Callable[[dict[str, Any]], str],
) -> None:
    table = shown({"mean": right_mean, "centred": right_centred})
    assert "✓  The centred values are right." in table
    assert "mean" not in table.lower()


def test_a_needed_check_that_failed_is_shown_and_one_beside_it_that_passed_is_not(
    shown: Callable[[dict[str, Any]], str],
) -> None:
    table = shown({"mean": lambda values: values[0], "centred": lambda values: values})
    assert "✗  The mean is right." in table
    assert "The mean of one number is right." not in table
    assert "◌  The centred values are right." in table


def test_a_check_passes_though_one_that_it_needs_fails(
    shown: Callable[[dict[str, Any]], str],
) -> None:
    table = shown({"centred": right_centred})
    assert "✗  The mean is right." in table
    assert "✓  The centred values are right." in table


@pytest.fixture
def given(masked_unit: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The true masks of the images that lie beside the notebook, which is open in this folder."""
    start(masked_unit, "en", tmp_path, lambda _unit: 1)
    monkeypatch.chdir(tmp_path)
    return {one.name: one.truth for one in draw_given(masked_unit, 1)}


def under_the_cell() -> str:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(check_part("t1_masked", "masks", {}, language="en"))
    return capture.get()


def test_under_the_cell_stands_how_many_masks_can_be_used(given: dict[str, Any]) -> None:
    assert "✗  Masks: 0 of 6 can be used; grading measures their IoU" in under_the_cell()
    write_masks(given, Path("masks.zip"))
    assert "✓  Masks: 6 of 6 can be used" in under_the_cell()


def test_under_the_cell_stands_which_mask_is_wrong_and_nothing_of_its_iou(
    given: dict[str, Any],
) -> None:
    name = next(iter(given))
    write_masks(given | {name: given[name][1:]}, Path("masks.zip"))
    told = under_the_cell()
    assert f"masks.zip, {name}: the size is 10×11 and should be 10×12" in told
    assert "0.8" not in told


@pytest.mark.parametrize("content", [b"hello", None])
def test_an_archive_that_is_none_is_told(given: dict[str, Any], content: bytes | None) -> None:
    path = Path("masks.zip")
    path.write_bytes(content) if content else path.mkdir()
    assert "Masks: 0 of 6 can be used" in under_the_cell()
    assert "masks.zip: " in under_the_cell()


def test_a_pack_without_images_says_nothing_of_masks(
    masked_unit: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(masked_unit, "en", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert "Masks" not in under_the_cell()
