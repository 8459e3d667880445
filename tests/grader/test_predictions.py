"""Predicted masks: what they are worth, and what is told of those that cannot be used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from praktikum.checks import Text
from praktikum.course.given import draw_given, sizes_of
from praktikum.course.given_images import GivenImage, write_masks
from praktikum.course.unit import Unit
from praktikum.grader.archive import with_archive
from praktikum.grader.facts import Measured
from praktikum.grader.predictions import Predictions, measure, read_predictions
from praktikum.grader.submission import Submission

Masks = dict[str, np.ndarray]


@pytest.fixture
def given(masked_unit: Unit) -> tuple[GivenImage, ...]:
    return draw_given(masked_unit, 1)


@pytest.fixture
def truth(given: tuple[GivenImage, ...]) -> Masks:
    return {one.name: one.truth for one in given}


def handed_in(folder: Path, masks: Masks) -> Submission:
    write_masks(masks, folder / "masks.zip")
    bare = Submission(folder / "task.ipynb", "0" * 64, (), None)
    return with_archive(bare, folder / "masks.zip")


def read(folder: Path, given: tuple[GivenImage, ...], masks: Masks) -> Predictions:
    return read_predictions(handed_in(folder, masks).archive, sizes_of(given))


def said(notes: tuple[Text, ...]) -> list[str]:
    return [note.en for note in notes]


def test_the_truth_is_worth_one(
    tmp_path: Path, given: tuple[GivenImage, ...], truth: Masks
) -> None:
    measured, notes = measure(handed_in(tmp_path, truth), given)
    assert (measured, notes) == (Measured(Decimal("1.000"), 6, 6), ())


def test_the_mean_is_over_all_images(
    tmp_path: Path, given: tuple[GivenImage, ...], truth: Masks
) -> None:
    first, second, *_ = truth
    truth[first] = np.zeros_like(truth[first])  # 0 of 1
    truth[second] = np.ones_like(truth[second])  # 20 pixels of 120
    measured, _ = measure(handed_in(tmp_path, truth), given)
    assert measured.value == Decimal("0.694")  # (4 + 1/6) / 6


def test_a_missing_mask_counts_zero_and_is_named(
    tmp_path: Path, given: tuple[GivenImage, ...], truth: Masks
) -> None:
    name = given[4].name
    del truth[name]
    measured, notes = measure(handed_in(tmp_path, truth), given)
    assert measured == Measured(Decimal("0.833"), 5, 6)
    assert said(notes) == [f"masks.zip, {name}: there is no mask."]


def test_without_an_archive_nothing_is_worth_anything(given: tuple[GivenImage, ...]) -> None:
    measured, notes = measure(Submission(Path("task.ipynb"), "0" * 64, (), None), given)
    assert measured == Measured(Decimal("0.000"), 0, 6)
    assert said(notes) == [
        "There is no masks.zip beside the notebook: 0 of 6 masks were handed in."
    ]


def test_an_archive_that_cannot_be_opened_is_told_once(
    tmp_path: Path, given: tuple[GivenImage, ...]
) -> None:
    (tmp_path / "masks.zip").mkdir()
    bare = Submission(tmp_path / "task.ipynb", "0" * 64, (), None)
    submission = with_archive(bare, tmp_path / "masks.zip")
    measured, notes = measure(submission, given)
    assert (measured.value, notes, len(submission.notes)) == (0, (), 1)


def test_what_is_no_archive_is_told(given: tuple[GivenImage, ...]) -> None:
    predicted = read_predictions(b"hello", sizes_of(given))
    assert said(predicted.notes) == ["masks.zip: this is not a zip archive."]


def test_faults_of_one_kind_are_told_together(
    tmp_path: Path, given: tuple[GivenImage, ...], truth: Masks
) -> None:
    first, second, third, *_ = truth
    for name in (first, third):
        truth[name] = truth[name].T
    truth[second] = truth[second][1:]
    predicted = read(tmp_path, given, truth)
    assert len(predicted.usable) == 3
    assert not predicted.complete
    assert said(predicted.notes) == [
        f"masks.zip, {first}, {third}: the size is 12×10 and should be 10×12 (width×height).",
        f"masks.zip, {second}: the size is 10×11 and should be 10×12 (width×height).",
    ]


def test_as_many_names_are_told_as_can_be_read(
    tmp_path: Path, given: tuple[GivenImage, ...]
) -> None:
    [note] = read(tmp_path, given, {}).notes
    names = ", ".join(one.name for one in given[:5])
    assert note.en == f"masks.zip, {names} and 1 more: there is no mask."
    assert note.ru == f"masks.zip, {names} и ещё 1: маски нет."


def test_each_in_its_own_size_is_still_few_notes(
    tmp_path: Path, given: tuple[GivenImage, ...]
) -> None:
    masks = {one.name: np.zeros((3, 20 + place)) for place, one in enumerate(given)}
    notes = said(read(tmp_path, given, masks).notes)
    assert len(notes) == 6
    assert notes[-1] == f"masks.zip, {given[5].name}: other faults."


def test_masks_of_another_set_are_told_from_missing_ones(
    tmp_path: Path, masked_unit: Unit, given: tuple[GivenImage, ...]
) -> None:
    others = {one.name: one.truth for one in draw_given(masked_unit, 2)}
    [note] = read(tmp_path, given, others).notes
    came, wanted = next(iter(others))[:6], given[0].name[:6]
    assert "masks of other images" in note.en
    assert came in note.en
    assert wanted in note.en


def test_files_that_nobody_asked_for_are_passed_over(
    tmp_path: Path, given: tuple[GivenImage, ...], truth: Masks
) -> None:
    predicted = read(tmp_path, given, truth | {"\x1b[2Jmask.png": truth[given[0].name]})
    assert predicted.complete
    assert said(predicted.notes) == ["masks.zip, �[2Jmask.png: not asked for, so passed over."]
