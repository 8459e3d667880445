"""Task 4 as a student meets it: its own cell writes the archive that grading measures."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from praktikum.course.content import find_course, open_content
from praktikum.course.given import GIVEN, Given, draw_given, write_given
from praktikum.course.notebook import code_cells
from praktikum.course.unit import Unit
from praktikum.grader.archive import with_archive
from praktikum.grader.facts import Measured
from praktikum.grader.predictions import measure
from praktikum.grader.submission import Submission

Network = Callable[[Tensor], Tensor]
RUN = "relative"  # the one whose speech the notebook hands in


@pytest.fixture(scope="module")
def task() -> Unit:
    return replace(open_content(find_course(Path(__file__))).unit("t4"), given=3)


@pytest.fixture(scope="module")
def given(task: Unit) -> tuple[Given, ...]:
    return draw_given(task, 7)


@pytest.fixture
def run_cell(task: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run the cell that denoises, in an empty folder, with a network in place of the trained."""
    monkeypatch.chdir(tmp_path)
    [cell] = [each for each in code_cells(task) if "def denoise_given" in each]

    def run(network: Network) -> None:
        names: dict[str, Any] = {"Path": Path, "np": np, "torch": torch, "RATE": 16_000}
        exec(cell, names | {"runs": {RUN: SimpleNamespace(model=network)}})

    return run


def knowing(given: tuple[Given, ...]) -> Network:
    """Return a network that knows the speech in each recording, and says it at half the level."""
    known = [[torch.from_numpy(each / 32768) for each in (one.shown, one.truth)] for one in given]

    def network(noisy: Tensor) -> Tensor:
        assert noisy.shape == (1, 30_000)
        [speech] = [speech for shown, speech in known if torch.allclose(shown.float(), noisy[0])]
        return speech[None].float() / 2

    return network


def test_the_speech_of_a_network_that_knows_is_worth_the_most(
    given: tuple[Given, ...], run_cell: Callable[..., None]
) -> None:
    write_given(given, Path("task4.checks") / GIVEN)
    run_cell(knowing(given))
    bare = Submission(Path("task4.ipynb"), "0" * 64, (), None)
    measured, notes = measure(with_archive(bare, Path("speech.zip")), given)
    assert (measured, notes) == (Measured(Decimal("30.000"), 3, 3, "si_sdr"), ())


def test_where_no_recordings_were_given_the_cell_says_so_and_writes_nothing(
    run_cell: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    run_cell(lambda noisy: noisy)
    assert "no recordings in task4.checks/given" in capsys.readouterr().out
    assert not Path("speech.zip").exists()


def test_recordings_are_heard_as_they_were_drawn(given: tuple[Given, ...], tmp_path: Path) -> None:
    write_given(given, tmp_path)
    for one in given:
        with wave.open(io.BytesIO((tmp_path / one.name).read_bytes())) as file:
            assert file.getparams()[:4] == (1, 2, 16_000, 30_000)
