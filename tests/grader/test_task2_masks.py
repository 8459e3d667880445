"""Task 2 as a student meets it: its own cell writes the archive that grading measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image as PillowImage
from torch import Tensor

from praktikum.course.content import find_course, open_content
from praktikum.course.given import GIVEN, draw_given, write_given
from praktikum.course.given_images import GivenImage
from praktikum.course.notebook import code_cells
from praktikum.course.unit import Unit
from praktikum.grader.archive import with_archive
from praktikum.grader.facts import Measured
from praktikum.grader.predictions import measure
from praktikum.grader.submission import Submission
from praktikum.vision.segmentation_data import to_tensors

Network = Callable[[Tensor], Tensor]
RUN = "0.5 BCE + 0.5 Dice"  # the one whose masks the notebook hands in


@pytest.fixture(scope="module")
def task() -> Unit:
    return replace(open_content(find_course(Path(__file__))).unit("t2"), given=5)


@pytest.fixture(scope="module")
def given(task: Unit) -> tuple[GivenImage, ...]:
    return draw_given(task, 7)


@pytest.fixture
def run_cell(task: Unit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run the cell that predicts, in an empty folder, with a network in place of the trained."""
    monkeypatch.chdir(tmp_path)
    [cell] = [each for each in code_cells(task) if "def predict_given" in each]

    def run(network: Network) -> None:
        names: dict[str, Any] = {
            "Path": Path,
            "PillowImage": PillowImage,
            "np": np,
            "torch": torch,
            "runs": {RUN: SimpleNamespace(model=network)},
        }
        exec(cell, names)

    return run


def knowing(given: tuple[GivenImage, ...]) -> Network:
    """Return a network that knows the truth of each image, by what the notebook makes of it."""
    known = [to_tensors(one.image, one.truth) for one in given]

    def network(images: Tensor) -> Tensor:
        assert images.shape == (1, 3, 64, 48)
        [truth] = [truth for image, truth in known if torch.allclose(image, images[0], atol=1e-6)]
        return 20 * truth[None] - 10

    return network


def test_the_masks_of_a_network_that_knows_are_worth_one(
    given: tuple[GivenImage, ...], run_cell: Callable[..., None]
) -> None:
    write_given(given, Path("task2.checks") / GIVEN)
    run_cell(knowing(given))
    bare = Submission(Path("task2.ipynb"), "0" * 64, (), None)
    measured, notes = measure(with_archive(bare, Path("masks.zip")), given)
    assert (measured, notes) == (Measured(Decimal("1.000"), 5, 5), ())


def test_where_no_images_were_given_the_cell_says_so_and_writes_nothing(
    run_cell: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    run_cell(lambda images: images)
    assert "no images in task2.checks/given" in capsys.readouterr().out
    assert not Path("masks.zip").exists()
