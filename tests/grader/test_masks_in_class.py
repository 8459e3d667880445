"""Masks on their way from a folder of submissions to points, reports and the gradebook."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import nbformat
import numpy as np
import pytest
from rich.console import Console

from praktikum.course.content import Content
from praktikum.course.given import draw_given
from praktikum.course.given_images import GivenImage, write_masks
from praktikum.course.notebook import build_notebook
from praktikum.course.pack import pack_unit
from praktikum.course.thresholds import Threshold
from praktikum.course.unit import Unit
from praktikum.grader.class_folder import read_class_folder
from praktikum.grader.class_grading import grade_class
from praktikum.grader.facts import Attempt, Measured
from praktikum.grader.gradebook import Ledger, gradebook
from praktikum.grader.gradebook_files import gradebook_json
from praktikum.grader.pages import report_page
from praktikum.grader.predictions_table import predictions_table
from praktikum.grader.report import make_report, report_to_json
from praktikum.grader.tally import CheckedUnit, PartTally

D = Decimal
NOW = dt.datetime(2023, 3, 10, tzinfo=dt.UTC)
Grade = Callable[..., dict[str, Attempt]]


@pytest.fixture
def given(masked_unit: Unit) -> tuple[GivenImage, ...]:
    return draw_given(masked_unit, 1)


@pytest.fixture
def folder(masked_unit: Unit, given: tuple[GivenImage, ...], tmp_path: Path) -> Path:
    """A class: all masks right, one missing, only some right, none, a broken archive, alone."""
    folder = tmp_path / "class"
    truth = {one.name: one.truth for one in given}
    works = {
        "all": truth,
        "five": dict([*truth.items()][:5]),
        "half": truth | dict.fromkeys([*truth][:3], np.zeros((12, 10))),
        "none": {},
    }
    notebook = build_notebook(masked_unit, "en", solved=True)
    for student, masks in works.items():
        (folder / student).mkdir(parents=True)
        nbformat.write(notebook, folder / student / "task1.ipynb")
        write_masks(masks, folder / student / "masks.zip")
    (folder / "broken").mkdir()
    nbformat.write(notebook, folder / "broken" / "task1.ipynb")
    (folder / "broken" / "masks.zip").symlink_to(folder / "all" / "masks.zip")
    nbformat.write(notebook, folder / "alone.ipynb")
    (folder / "unreadable.ipynb").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture
def grade(masked: Content, masked_unit: Unit, folder: Path, tmp_path: Path) -> Grade:
    def grade(given: tuple[GivenImage, ...]) -> dict[str, Attempt]:
        attempts = grade_class(
            pack_unit(masked_unit),
            masked.units.values(),
            read_class_folder(folder, masked_unit, masked.course),
            tmp_path / "out",
            jobs=1,
            trusted=True,
            given=given,
        )
        return {attempt.student: attempt for attempt in attempts}

    return grade


def ledger(masked: Content, unit: Unit) -> Ledger:
    checks = tuple(pack_unit(masked.unit("t1")).checks.values())
    return Ledger(masked.course, {unit.task: CheckedUnit(unit, checks)}, NOW)


def part(masked: Content, attempt: Attempt, unit: Unit, id: str = "masks") -> PartTally:
    parts = ledger(masked, unit).tally(attempt).parts
    return {each.part.id: each for each in parts}[id]


def attempt_of(measured: Measured | None, unit: Unit) -> Attempt:
    return Attempt("Anna", unit.task, NOW, "0" * 64, "task1.ipynb", (), measured=measured)


def test_masks_are_measured_and_earn_what_the_thresholds_say(
    masked: Content, masked_unit: Unit, grade: Grade, given: tuple[GivenImage, ...]
) -> None:
    attempts = grade(given)
    found = {
        student: (
            attempt.measured and str(attempt.measured.value),
            part(masked, attempt, masked_unit).by_predictions,
            part(masked, attempt, masked_unit, "better").earned,
        )
        for student, attempt in attempts.items()
    }
    assert found == {
        "all": ("1.000", 5, 1),
        "alone": ("0.000", 0, 0),
        "broken": ("0.000", 0, 0),
        "five": ("0.833", 4, 0),
        "half": ("0.500", 2, 0),
        "none": ("0.000", 0, 0),
        "unreadable": (None, 0, 0),
    }
    assert all(attempts[student].verdicts[0].passed for student in ("all", "broken", "alone"))


def test_what_is_wrong_with_masks_is_in_the_notes(
    grade: Grade, given: tuple[GivenImage, ...]
) -> None:
    notes = {student: [note.en for note in each.notes] for student, each in grade(given).items()}
    assert notes["all"] == notes["half"] == []
    assert notes["five"] == [f"masks.zip, {given[5].name}: there is no mask."]
    assert notes["broken"] == ["masks.zip: a plain file is wanted, neither a link nor a folder."]
    assert notes["alone"] == [
        "There is no masks.zip beside the notebook: 0 of 6 masks were handed in."
    ]


def test_a_second_run_measures_nothing_anew_unless_the_images_are_others(
    masked_unit: Unit,
    grade: Grade,
    given: tuple[GivenImage, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import praktikum.grader.attempt_grading as module

    first = grade(given)
    measured: list[Path] = []
    real = module.measure
    monkeypatch.setattr(
        module, "measure", lambda work, images: measured.append(work.path) or real(work, images)
    )
    assert grade(given) == first
    assert measured == []
    assert grade(draw_given(masked_unit, 2))["all"].measured == Measured(D("0.000"), 0, 6)
    assert len(measured) == 6


def test_other_masks_beside_the_same_notebook_are_another_attempt(
    grade: Grade, given: tuple[GivenImage, ...], folder: Path
) -> None:
    before = grade(given)
    write_masks({one.name: one.truth for one in given}, folder / "none" / "masks.zip")
    after = grade(given)
    assert after["none"].id != before["none"].id
    assert after["none"].measured == before["all"].measured
    assert after["all"] == before["all"]


def test_a_changed_threshold_changes_the_points_of_what_was_measured(
    masked: Content, masked_unit: Unit
) -> None:
    attempt = attempt_of(Measured(D("0.700"), 6, 6), masked_unit)
    assert part(masked, attempt, masked_unit).by_predictions == 2
    lenient = replace(
        masked_unit,
        parts=tuple(
            replace(each, by_iou=(Threshold(D("0.7"), D(5)),)) if each.id == "masks" else each
            for each in masked_unit.parts
        ),
    )
    assert part(masked, attempt, lenient).by_predictions == 5


def test_masks_that_nobody_measured_yet_are_pending_and_no_zero(
    masked: Content, masked_unit: Unit, grade: Grade
) -> None:
    attempts = grade(())
    found = part(masked, attempts["all"], masked_unit)
    assert (found.earned, found.pending) == (0, 8)  # 5 for masks, 3 by hand
    assert part(masked, attempts["unreadable"], masked_unit).pending == 0


@pytest.mark.parametrize(
    ("measured", "en", "ru"),
    [
        (
            Measured(D("0.833"), 5, 6),
            "IoU of the masks: 0.833, the mean over 6 images (without a usable mask 1: each "
            "counts 0). From 0.95 on: 5 of 5.",
            "IoU масок 0,833, в среднем по 6 картинкам (без годной маски 1: за каждую такую 0). "
            "С IoU 0,95 — 5 из 5.",
        ),
        (
            Measured(D("0.980"), 6, 6),
            "IoU of the masks: 0.98, the mean over 6 images.",
            "IoU масок 0,98, в среднем по 6 картинкам.",
        ),
        (
            None,
            "Predictions have not been measured yet; their points are not lost.",
            "Предсказания ещё не измерены; баллы за них не потеряны.",
        ),
    ],
)
def test_reports_tell_what_was_reached_and_what_comes_next(
    masked: Content, masked_unit: Unit, measured: Measured | None, en: str, ru: str
) -> None:
    report = make_report(ledger(masked, masked_unit), attempt_of(measured, masked_unit))
    assert en in report_page(report, "en")
    assert ru in report_page(report, "ru")
    told = {each["id"]: each["by_predictions"] for each in report_to_json(report)["parts"]}
    assert told["area"] is None
    assert told["masks"]["sentence"] == {"ru": ru, "en": en}
    assert told["masks"]["iou"] == (measured and str(measured.value))
    assert told["masks"]["thresholds"] == [["0.5", "2"], ["0.75", "4"], ["0.95", "5"]]
    assert json.dumps(told)


def test_the_gradebook_has_the_measure_for_who_ranks_by_it(
    masked: Content, masked_unit: Unit
) -> None:
    attempt = attempt_of(Measured(D("0.700"), 6, 6), masked_unit)
    rows = gradebook(ledger(masked, masked_unit), [attempt])
    [student] = json.loads(gradebook_json(rows, masked.course))["students"]
    assert student["tasks"]["t1_masked"]["iou"] == "0.700"


def test_the_instructors_table_goes_from_the_best_on(masked_unit: Unit) -> None:
    measured = {"Б": "0.500", "А": "0.500", "В": "0.960", "Г": None}
    attempts = [
        replace(
            attempt_of(iou and Measured(D(iou), 6, 6), masked_unit),  # type: ignore[arg-type]
            student=student,
        )
        for student, iou in measured.items()
    ]
    console = Console(width=80)
    with console.capture() as capture:
        console.print(predictions_table(masked_unit, attempts, "ru"))
    lines = [line.split() for line in capture.get().splitlines()[2:]]
    assert lines == [
        ["0,96", "6", "/", "6", "5", "В"],
        ["0,5", "6", "/", "6", "2", "А"],
        ["0,5", "6", "/", "6", "2", "Б"],
    ]
