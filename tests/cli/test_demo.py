"""The demo: the class of twelve, graded from sources to marks."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from praktikum.cli.main import app
from praktikum.grader.sandbox.availability import why_unavailable


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    out = tmp_path_factory.mktemp("demo")
    result = CliRunner().invoke(app, ["demo", "--out", str(out)], env={"COLUMNS": "104"})
    assert result.exit_code == 0, result.output
    (out / "printed.txt").write_text(result.output, "utf-8")
    return out


@pytest.fixture
def rows(played: Path) -> dict[str, dict[str, str]]:
    with (played / "grades" / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def failed(played: Path, student: str) -> dict[str, str]:
    """Return the reasons for which checks of a student's work did not pass."""
    for path in (played / "grades" / "t1_numpy_mlp" / "reports").glob("*.json"):
        report = json.loads(path.read_text("utf-8"))
        if report["student"] == student:
            checks = [check for part in report["parts"] for check in part["checks"]]
            return {each["name"]: each["reason"] for each in checks if each["status"] != "passed"}
    raise AssertionError(f"no report on {student}")


def test_a_class_of_twelve_gets_marks(played: Path, rows: dict[str, dict[str, str]]) -> None:
    assert len(rows) == 12
    assert {row["mark.low"] for row in rows.values()} >= {
        "отлично",
        "хорошо",
        "неудовлетворительно",
    }
    assert "Оценка" in (played / "printed.txt").read_text("utf-8")


def test_the_perfect_work_earns_all_with_its_bonus(rows: dict[str, dict[str, str]]) -> None:
    assert rows["Абрамова Анна"]["t1_numpy_mlp.low"] == "13"


@pytest.mark.parametrize(("student", "days"), [("Белов Борис", "1"), ("Волкова Вера", "9")])
def test_lateness_costs_a_point_a_day(
    rows: dict[str, dict[str, str]], student: str, days: str
) -> None:
    assert rows[student]["t1_numpy_mlp.days_late"] == days


def test_points_that_a_person_has_still_to_give_make_a_range(
    rows: dict[str, dict[str, str]],
) -> None:
    low, high = (float(rows["Гусева Дарья"][f"t1_numpy_mlp.{end}"]) for end in ("low", "high"))
    assert high == low + 5


def test_the_endless_loop_costs_what_needs_it_and_no_more(played: Path) -> None:
    reasons = failed(played, "Лапин Лев")
    assert reasons["dense_forward"] == "timeout"
    assert "relu_forward" not in reasons


def test_the_attack_on_network_and_files_is_refused_and_leaves_nothing(played: Path) -> None:
    reasons = failed(played, "Морозов Макар")
    assert reasons["dense_forward"] == reasons["relu_forward"] == "raised"
    assert "log_softmax_forward" not in reasons
    assert not (Path("/etc/passwd")).read_text().startswith("10 / 10")


def test_what_is_no_notebook_gets_one_clear_line(
    played: Path, rows: dict[str, dict[str, str]]
) -> None:
    assert rows["Носова Нина"]["t1_numpy_mlp.high"] == "0"
    assert "Носова Нина.ipynb: это не текст в UTF-8" in (played / "printed.txt").read_text("utf-8")


def test_every_student_has_a_report_that_the_gradebook_links_to(played: Path) -> None:
    index = (played / "grades" / "index.html").read_text("utf-8")
    reports = list((played / "grades" / "t1_numpy_mlp" / "reports").glob("*.html"))
    assert len(reports) == 12
    assert index.count("t1_numpy_mlp/reports/") == 12
