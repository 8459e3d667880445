"""Grading a folder: everybody gets an attempt, whatever the others handed in."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest

from praktikum.checks import Reason, Status
from praktikum.course.content import Content, find_course, open_content
from praktikum.course.notebook import build_notebook
from praktikum.course.pack import Pack
from praktikum.course.tables import CourseError
from praktikum.grader.class_folder import named_units, read_class_folder
from praktikum.grader.class_grading import attempt_name, grade_class
from praktikum.grader.class_results import write_class_results
from praktikum.grader.facts import Attempt, FactsError
from praktikum.grader.gradebook import Ledger
from praktikum.grader.sandbox.availability import why_unavailable
from praktikum.grader.sandbox.errors import Unavailable
from praktikum.grader.tally import CheckedUnit

NOW = dt.datetime(2023, 3, 15, tzinfo=dt.UTC)


@pytest.fixture
def folder(toy_pack: Pack, tmp_path: Path) -> Path:
    """A class of all sorts."""
    folder = tmp_path / "class"
    folder.mkdir()
    solved = build_notebook(toy_pack.unit, "ru", solved=True)
    nbformat.write(solved, folder / "Анна Петрова.ipynb")
    nbformat.write(build_notebook(toy_pack.unit, "en", solved=False), folder / "blank.ipynb")
    (folder / "inside").mkdir()
    nbformat.write(solved, folder / "inside" / "task1.ipynb")
    code = "\n".join(cell.source for cell in solved.cells if cell.cell_type == "code")
    (folder / "script.py").write_text(code, "utf-8")
    (folder / "picture.ipynb").write_bytes(b"\x89PNG\r\n")
    (folder / "word.docx").write_bytes(b"PK")
    (folder / "link.ipynb").symlink_to("/etc/passwd")
    with (folder / "huge.ipynb").open("wb") as file:
        file.truncate(500 * 2**20)
    (folder / "empty folder").mkdir()
    return folder


def grade(
    pack: Pack, content: Content, folder: Path, out: Path, *, trusted: bool = False, jobs: int = 2
) -> dict[str, Attempt]:
    if not trusted and (why := why_unavailable()):
        pytest.skip(f"no sandbox here: {why}")
    submissions = read_class_folder(folder, pack.unit, content.course)
    attempts = grade_class(
        pack, list(content.units.values()), submissions, out, jobs=jobs, trusted=trusted
    )
    return {attempt.student: attempt for attempt in attempts}


def points(attempt: Attempt) -> int:
    return 2 * sum(verdict.passed for verdict in attempt.verdicts)


def test_each_gets_an_attempt_and_bad_files_cost_only_their_own(
    toy_pack: Pack, toy_content: Content, folder: Path, tmp_path: Path
) -> None:
    attempts = grade(toy_pack, toy_content, folder, tmp_path / "out")
    assert {student: points(attempt) for student, attempt in attempts.items()} == {
        "blank": 0,
        "empty folder": 0,
        "huge": 0,
        "inside": 6,
        "link": 0,
        "picture": 0,
        "script": 6,
        "word": 0,
        "Анна Петрова": 6,
    }
    unreadable = {"empty folder", "huge", "link", "picture", "word"}
    for student, attempt in attempts.items():
        is_unreadable = attempt.verdicts[0].reason is Reason.UNREADABLE
        assert is_unreadable == (student in unreadable)
        assert len(attempt.notes) == is_unreadable
        assert attempt.isolated


def test_a_second_run_takes_what_still_holds(
    toy_pack: Pack,
    toy_content: Content,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = grade(toy_pack, toy_content, folder, tmp_path / "out")
    (folder / "blank.ipynb").write_bytes((folder / "Анна Петрова.ipynb").read_bytes())
    graded: list[str] = []
    import praktikum.grader.attempt_grading as module

    real = module.grade

    def recording(pack: Pack, submission: object, *rest: object) -> object:
        graded.append(submission.path.name)  # type: ignore[attr-defined]
        return real(pack, submission, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "grade", recording)
    second = grade(toy_pack, toy_content, folder, tmp_path / "out")
    assert graded == ["blank.ipynb"]
    assert points(second["blank"]) == 6
    assert second["Анна Петрова"] == first["Анна Петрова"]


def test_a_stored_attempt_that_is_damaged_is_graded_anew(
    toy_pack: Pack, toy_content: Content, folder: Path, tmp_path: Path
) -> None:
    first = grade(toy_pack, toy_content, folder, tmp_path / "out")
    for path in (tmp_path / "out").rglob("attempts/*/*.json"):
        path.write_text(path.read_text("utf-8")[:50], "utf-8")
    assert grade(toy_pack, toy_content, folder, tmp_path / "out") == first


def test_seeds_come_from_a_secret_that_only_its_owner_reads_and_stay(
    toy_pack: Pack, toy_content: Content, folder: Path, tmp_path: Path
) -> None:
    grade(toy_pack, toy_content, folder, tmp_path / "out", trusted=True)
    secret = tmp_path / "out" / "secret"
    before = secret.read_bytes()
    grade(toy_pack, toy_content, folder, tmp_path / "out", trusted=True)
    assert secret.read_bytes() == before
    assert secret.stat().st_mode & 0o777 == 0o600


def test_without_isolation_every_attempt_says_so_and_is_not_taken_for_an_isolated_one(
    toy_pack: Pack, toy_content: Content, folder: Path, tmp_path: Path
) -> None:
    trusted = grade(toy_pack, toy_content, folder, tmp_path / "out", trusted=True)
    assert not any(attempt.isolated for attempt in trusted.values())
    assert points(trusted["Анна Петрова"]) == 6
    isolated = grade(toy_pack, toy_content, folder, tmp_path / "out")
    assert isolated["Анна Петрова"].isolated


def test_where_isolation_cannot_be_had_nothing_is_run(
    toy_pack: Pack,
    toy_content: Content,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    submissions = read_class_folder(folder, toy_pack.unit, toy_content.course)
    with pytest.raises(Unavailable, match="bubblewrap is not installed"):
        grade_class(toy_pack, [], submissions, tmp_path / "out")
    assert not list((tmp_path / "out").rglob("attempts/*/*.json"))


def test_reports_and_gradebook_are_written_for_each(
    toy_pack: Pack, toy_content: Content, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    attempts = grade(toy_pack, toy_content, folder, out, trusted=True)
    units = {"t1_toy": CheckedUnit(toy_pack.unit, tuple(toy_pack.checks.values()))}
    ledger = Ledger(toy_content.course, units, NOW)
    rows = write_class_results(toy_content.course, ledger, [*attempts.values()], out, "ru")
    assert len(rows) == len(attempts)
    reports = out / "t1_toy" / "reports"
    assert len(list(reports.glob("*.html"))) == len(list(reports.glob("*.json"))) == len(attempts)
    students = json.loads((out / "gradebook.json").read_text("utf-8"))["students"]
    assert [student["student"] for student in students] == sorted(attempts)
    assert "без песочницы" in next(reports.glob("*.html")).read_text("utf-8")


@pytest.mark.parametrize("name", ["../../etc/passwd", "<script>", "a" * 300, "Анна Петрова", "."])
def test_a_students_name_never_becomes_a_path(name: str) -> None:
    attempt = Attempt(name, "t1", NOW, "d" * 64, "a.ipynb", ())
    assert os.sep not in attempt_name(attempt)
    assert not attempt_name(attempt).startswith(".")
    assert len(attempt_name(attempt).encode()) < 200


def test_two_files_of_one_student_are_an_error_that_names_them(
    toy_pack: Pack, toy_content: Content, folder: Path
) -> None:
    shutil.copy(folder / "script.py", folder / "script.ipynb")
    with pytest.raises(FactsError, match=r"script.ipynb and script.py are both of script"):
        read_class_folder(folder, toy_pack.unit, toy_content.course)


def test_the_time_is_that_of_the_table_or_else_of_the_file(
    toy_pack: Pack, toy_content: Content, folder: Path
) -> None:
    (folder / "received.csv").write_text("student,received\nblank,2023-03-15 10:00\n", "utf-8")
    os.utime(folder / "script.py", (1_678_000_000, 1_678_000_000))
    found = read_class_folder(folder, toy_pack.unit, toy_content.course)
    times = {entry.student: entry.received for entry in found.entries}
    assert times["blank"] == dt.datetime(2023, 3, 15, 7, tzinfo=dt.UTC)
    assert times["script"].timestamp() == 1_678_000_000


def test_a_name_in_the_times_that_handed_nothing_in_is_told(
    toy_pack: Pack, toy_content: Content, folder: Path
) -> None:
    (folder / "received.csv").write_text("student,received\nnobody,2023-03-15 10:00\n", "utf-8")
    with pytest.raises(FactsError, match="there is no submission of nobody"):
        read_class_folder(folder, toy_pack.unit, toy_content.course)


def test_a_sandbox_that_fails_is_our_error_and_graded_again_next_time(
    toy_pack: Pack,
    toy_content: Content,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from praktikum.grader.sandbox.errors import WorkerFailed
    from praktikum.grader.sandbox.worker import TrustedWorker

    with monkeypatch.context() as patch:

        def fail(worker: TrustedWorker) -> object:
            raise WorkerFailed("no sandbox today")

        patch.setattr(TrustedWorker, "open", fail)
        failed = grade(toy_pack, toy_content, folder, tmp_path / "out", trusted=True)
    statuses = {verdict.status for verdict in failed["script"].verdicts}
    assert statuses == {Status.ERROR}
    again = grade(toy_pack, toy_content, folder, tmp_path / "out", trusted=True)
    assert points(again["script"]) == 6


def test_the_notebooks_say_which_task_they_are_of(toy_content: Content, folder: Path) -> None:
    assert named_units(folder) == {"t1_toy"}
    assert toy_content.only_task(named_units(folder)).id == "t1_toy"


def test_a_task_that_nobody_names_has_to_be_chosen() -> None:
    content = open_content(find_course(Path(__file__)))
    assert content.only_task({"t1_numpy_mlp", "s01_networks"}).id == "t1_numpy_mlp"
    with pytest.raises(CourseError, match="which task is meant"):
        content.only_task(set())
