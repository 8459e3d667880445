"""The command line as its users meet it: help, one-line errors, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner, Result

from praktikum.cli.main import app
from praktikum.course.build import build
from praktikum.course.content import Content
from praktikum.course.notebook import build_notebook
from praktikum.grader.sandbox.availability import why_unavailable

VERBS = [
    "backup",
    "build",
    "check",
    "compare",
    "demo",
    "denoise",
    "docs",
    "evaluate",
    "grade",
    "restore",
    "serve",
    "start",
    "submit",
    "train",
    "transcribe",
    "verify",
    "worker",
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, [str(argument) for argument in arguments], env={"COLUMNS": "120"}
    )


@pytest.fixture
def built(toy: Content, tmp_path: Path) -> Path:
    build([toy.unit("t1")], toy.units.values(), "ru", tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    result = run(verb, "--help")
    assert result.exit_code == 0
    assert f"praktikum {verb}" in result.output
    assert "Example" in result.output


def test_help_and_check_need_neither_torch_nor_scikit_learn(built: Path) -> None:
    notebook = built / "student" / "mine.ipynb"
    notebook.write_bytes((built / "instructor" / "task1.ipynb").read_bytes())
    code = (
        "import sys\n"
        "for name in ('torch', 'sklearn', 'matplotlib', 'IPython'): sys.modules[name] = None\n"
        "from praktikum.cli.main import main\n"
        "main()"
    )
    for arguments in (["--help"], ["check", str(notebook)]):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_help_loads_no_numpy() -> None:
    code = (
        "import sys\nfrom praktikum.cli.main import app\n"
        "print([name for name in ('numpy', 'nbformat', 'jupytext') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_student_checks_a_blank_notebook_and_sees_what_is_to_be_written(built: Path) -> None:
    result = run("check", built / "student" / "task1.ipynb")
    assert result.exit_code == 3
    assert "здесь ещё ничего не написано" in result.output
    assert "0 / 6" in result.output


def test_a_student_checks_a_solved_notebook_in_english(built: Path) -> None:
    solved = (built / "instructor" / "task1.ipynb").read_bytes()
    notebook = built / "student" / "task1.ipynb"
    notebook.write_bytes(solved)
    result = run("check", notebook, "--lang", "en")
    assert result.exit_code == 0
    assert "6 / 6" in result.output
    assert "The mean is right." in result.output


def test_a_wrong_value_is_shown_with_what_was_expected_and_a_hint(built: Path) -> None:
    script = built / "student" / "task1.py"
    script.write_text("def mean(values):\n    return 0.125\n")
    result = run("check", script, "--lang", "en")
    assert "got: 0.125" in result.output
    assert "Divide the sum by the count." in result.output


def test_a_check_that_never_ends_is_told_and_the_others_go_on(
    toy: Content, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    observing = built / "student" / "task1.checks" / "observing" / "checks.py"
    source = observing.read_text("utf-8")
    observing.write_text(source.replace("points='2'", "points='2', timeout=0.5"), "utf-8")
    solved = build_notebook(toy.unit("t1"), "en", solved=True)
    solved.cells.append(
        nbformat.v4.new_code_cell("def mean(values):\n    while True:\n        pass")
    )
    nbformat.write(solved, built / "student" / "mine.ipynb")
    result = run("check", built / "student" / "mine.ipynb", "--lang", "en")
    assert "did not finish in the time it has" in result.output
    assert "2 / 6" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "missing.ipynb"], "praktikum: missing.ipynb: there is no such file."),
        (["grade", "missing", "--out", "out"], "praktikum: missing: there is no such folder"),
        (["build", "t9"], "no single unit is called 't9'"),
        (["verify", "t9"], "no single unit is called 't9'"),
        (["build", "--course", "missing.toml"], "praktikum: missing.toml: "),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_one(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    toy: Content,
) -> None:
    course = [] if "--course" in arguments or arguments[0] == "check" else ["--course", toy.path]
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, *course)
    assert result.exit_code == 1
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_instructor_builds_and_sees_what_was_written(toy: Content, tmp_path: Path) -> None:
    result = run("build", "t1", "--course", toy.path, "--out", tmp_path / "out")
    assert result.exit_code == 0
    for line in result.output.split():
        assert Path(line).exists()


def test_an_author_verifies_a_unit(toy: Content) -> None:
    result = run("verify", "--course", toy.path)
    assert result.exit_code == 0
    assert "mutant mean_forgets_one" in result.output


def test_an_instructor_grades_a_folder(toy: Content, built: Path, tmp_path: Path) -> None:
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "Анна.ipynb").write_bytes((built / "instructor" / "task1.ipynb").read_bytes())
    (folder / "Борис.ipynb").write_bytes(b"nothing")
    (folder / "received.csv").write_text(
        "student,received\nАнна,2023-03-14 23:59:59\nБорис,2023-03-15 00:00\n", "utf-8"
    )
    (folder / "points.csv").write_text("student,part,points,comment\nАнна,words,3,\n", "utf-8")
    result = run("grade", folder, "--out", tmp_path / "out", "--course", toy.path)
    assert result.exit_code == 0, result.output
    assert "зачёт" in result.output
    assert "это не тетрадь Jupyter" in result.output
    assert (tmp_path / "out" / "index.html").is_file()
    lines = (tmp_path / "out" / "gradebook.csv").read_text("utf-8").splitlines()
    assert lines[1].startswith("Анна,9,9,0,")
    assert lines[2].startswith("Борис,0,0,1,")


def test_trusting_submissions_is_said_in_red(toy: Content, built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "Анна.ipynb").write_bytes((built / "instructor" / "task1.ipynb").read_bytes())
    out = tmp_path / "out"
    result = run("grade", folder, "--out", out, "--trust-submissions", "--course", toy.path)
    assert "БЕЗ песочницы" in result.output
    (report,) = (out / "t1_toy" / "reports").glob("*.html")
    assert "без песочницы" in report.read_text("utf-8")


def test_a_wrong_table_is_told_with_its_line(toy: Content, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    (tmp_path / "points.csv").write_text("student,part,points\na,sonnets,3\n", "utf-8")
    result = run("grade", tmp_path, "--out", tmp_path / "out", "--course", toy.path)
    assert result.exit_code == 1
    assert "points.csv:2: part: t1_toy has no part 'sonnets'" in result.stderr
