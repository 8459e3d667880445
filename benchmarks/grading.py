"""How long a class takes to grade: ours, and nbgrader on the same assignment where it is installed.

    python benchmarks/grading.py [--students 20] [--scale 100 300 1000] [--nbgrader PATH]

The assignment: five functions of pure NumPy, ten checks. Ours is timed after the libraries are
loaded in the workers, as a server has them, and includes reading, isolation, judging, stored
attempts, HTML and JSON reports and the gradebook; the whole process from a cold start is shown
too. nbgrader's ``autograde`` loads its libraries for every submission: that is how it works.
``--scale`` shows that cost grows linearly and memory doesn't grow.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from praktikum.course.content import open_content
from praktikum.course.mutants import mutants_of
from praktikum.course.notebook import code_cells
from praktikum.course.pack import Pack, pack_unit
from praktikum.grader import class_grading
from praktikum.grader.class_folder import read_class_folder
from praktikum.grader.class_grading import grade_class
from praktikum.grader.class_results import write_class_results
from praktikum.grader.gradebook import Ledger
from praktikum.grader.tally import CheckedUnit

CONTENT = open_content(Path(__file__).parent / "grading_course" / "course.toml")
UNIT = CONTENT.unit("t1_functions")


def works(count: int) -> list[list[str]]:
    """Return the code cells of ``count`` students: right ones and every known mistake in turn."""
    solved = list(code_cells(UNIT, solved=True))
    kinds = [solved, *(mutant.apply(solved) for mutant in mutants_of(UNIT))]
    return [[*kinds[place % len(kinds)], f"STUDENT = {place}"] for place in range(count)]


def write_notebook(cells: list[str], path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def grade_ours(pack: Pack, folder: Path, out: Path) -> float:
    """Return the seconds from loaded workers to the written gradebook."""
    begun = 0.0
    original = class_grading.open_workers

    def warm(*arguments: object, **options: object) -> object:
        nonlocal begun
        context = original(*arguments, **options)  # type: ignore[arg-type]

        class Warm:
            def __enter__(self) -> object:
                nonlocal begun
                workers = context.__enter__()
                for worker in workers:
                    worker.open().close()  # waits until its libraries are loaded
                begun = time.perf_counter()
                return workers

            def __exit__(self, *error: object) -> object:
                return context.__exit__(*error)  # type: ignore[arg-type]

        return Warm()

    class_grading.open_workers = warm  # type: ignore[assignment]
    try:
        submissions = read_class_folder(folder, UNIT, CONTENT.course)
        attempts = grade_class(pack, CONTENT.units.values(), submissions, out)
    finally:
        class_grading.open_workers = original
    units = {UNIT.id: CheckedUnit(UNIT, tuple(pack.checks.values()))}
    ledger = Ledger(CONTENT.course, units, dt.datetime.now(dt.UTC))
    write_class_results(CONTENT.course, ledger, attempts, out, "en")
    return time.perf_counter() - begun


def measure_ours(pack: Pack, count: int, folder: Path) -> float:
    for place, cells in enumerate(works(count)):
        write_notebook(cells, folder / "submissions" / f"student{place:04}.ipynb")
    seconds = grade_ours(pack, folder / "submissions", folder / "out")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = seconds / count * 1e3
    print(
        f"praktikum, {count:5} submissions: {seconds:6.2f} s, {each:5.1f} ms each, "
        f"grader's memory so far at most {peak:.0f} MiB"
    )
    return seconds


def measure_cold(folder: Path) -> None:
    course = ["--course", str(CONTENT.path)]
    command = [sys.executable, "-m", "praktikum.cli", "grade", str(folder / "submissions")]
    seconds = timed(lambda: run([*command, "--out", str(folder / "cold"), *course], folder))
    print(f"praktikum, the whole command from a cold start: {seconds:.2f} s")


def measure_nbgrader(nbgrader: str, count: int, folder: Path) -> float:
    """Return the seconds that ``nbgrader autograde`` takes for the same submissions."""
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'b'\n"
    )
    blank, checks = list(code_cells(UNIT)), nbgrader_checks()
    write_graded(blank, checks, folder / "source" / "ps1" / "functions.ipynb")
    run([nbgrader, "generate_assignment", "ps1", "--create"], folder)
    for place, cells in enumerate(works(count)):
        target = folder / "submitted" / f"student{place:04}" / "ps1" / "functions.ipynb"
        write_graded(cells, checks, target)
    seconds = timed(lambda: run([nbgrader, "autograde", "ps1", "--create"], folder))
    print(f"nbgrader autograde, {count} submissions: {seconds:.1f} s, {seconds / count:.2f} s each")
    return seconds


def nbgrader_checks() -> list[str]:
    """Return the ten checks as cells that assert, as an author for nbgrader would write them."""
    source = (UNIT.folder / "checks.py").read_text("utf-8")
    head = source.partition("@check")[0].replace("from praktikum.checks import check, close\n", "")
    cells = []
    for name, check in pack_unit(UNIT).checks.items():
        call = (
            f"class check:\n    def __init__(self, **_): pass\n    def __call__(self, f): "
            f"return type('C', (), {{'observe': staticmethod(f), 'expects': staticmethod("
            f"lambda g: CHECKS.__setitem__('{name}', (f, g)))}})\n"
        )
        body = "@check" + source.split("@check")[list(pack_unit(UNIT).checks).index(check.name) + 1]
        cells.append(
            f"{head}\nimport types\nCHECKS = {{}}\n{call}close = lambda value: value\n{body}\n"
            f"f, g = CHECKS['{name}']\n"
            "got = f(types.SimpleNamespace(**globals()), np.random.default_rng(1))['values']\n"
            "want = g(np.random.default_rng(1))['values']\n"
            "assert np.shape(got) == np.shape(want) and np.allclose(got, want)"
        )
    return cells


def write_graded(cells: list[str], checks: list[str], path: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    for place, check in enumerate(checks):
        cell = new_code_cell(check)
        fields = {"grade": True, "solution": False, "locked": True, "task": False}
        cell.metadata["nbgrader"] = fields | {
            "points": 1,
            "grade_id": f"check{place}",
            "schema_version": 3,
            "cell_type": "code",
        }
        notebook.cells.append(cell)
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def run(command: list[str], folder: Path) -> None:
    # nbgrader calls its neighbours by name
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[:2])} failed:\n{done.stderr[-2000:]}")


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--scale", type=int, nargs="*", default=[])
    parser.add_argument("--nbgrader", default=shutil.which("nbgrader"))
    arguments = parser.parse_args()
    pack = pack_unit(UNIT)
    with tempfile.TemporaryDirectory() as name:
        ours = measure_ours(pack, arguments.students, Path(name) / "ours")
        measure_cold(Path(name) / "ours")
        for count in arguments.scale:
            measure_ours(pack, count, Path(name) / str(count))
        if not arguments.nbgrader:
            print("nbgrader is not installed: its side is left out")
            return
        (Path(name) / "nbgrader").mkdir()
        theirs = measure_nbgrader(arguments.nbgrader, arguments.students, Path(name) / "nbgrader")
        print(f"ratio ours / nbgrader: {ours / theirs:.3f}")


if __name__ == "__main__":
    main()
