"""Under a cell of a notebook: the checks of its part, and what keeps them from passing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from praktikum.course.pack import pack_unit, write_pack
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
