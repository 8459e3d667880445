"""What a worker sees: the edition, and never the reference."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import praktikum
from praktikum.grader.sandbox import Unavailable, View, Worker, WorkerFailed


def listing(worker: Worker, folder: Path) -> list[str]:
    """The names in `folder` as a submission sees them."""
    with worker, worker.open() as session:
        code = f"import os; answer = sorted(os.listdir({str(folder)!r}))"
        names: list[str] = json.loads(session.ask(code.encode()))
    return names


def test_the_edition_stands_in_place_of_the_package(run):
    assert run("import praktikum; answer = praktikum.edition") == b'"student"'


@pytest.mark.parametrize("module", ["scratch", "checks", "grader.sandbox"])
def test_no_module_of_the_reference_can_be_imported(run, module):
    code = (
        f"try: import praktikum.{module}; answer = 'imported'\n"
        "except ModuleNotFoundError: answer = 'missing'"
    )
    assert run(code) == b'"missing"'


def test_an_installed_reference_is_shown_empty(isolated, edition, limits):
    installed = Path(praktikum.__file__).parent
    view = View(edition, read_only=(installed.parent,))
    assert installed.name in listing(isolated(view, "handlers:run", limits), installed.parent)
    assert listing(isolated(view, "handlers:run", limits), installed) == []


def test_a_hidden_folder_is_shown_empty(isolated, edition, limits, tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "checks.py").write_text("answers = 42")
    (tmp_path / "data.csv").touch()
    view = View(edition, read_only=(tmp_path,), hidden=(tmp_path / "content",))
    for folder, names in [(tmp_path, ["content", "data.csv"]), (tmp_path / "content", [])]:
        assert listing(isolated(view, "handlers:run", limits), folder) == names


def test_a_folder_below_tmp_is_seen_but_cannot_be_written(isolated, edition, limits, tmp_path):
    tmp_path.chmod(0o777)
    (tmp_path / "data.csv").touch()
    view = View(edition, read_only=(tmp_path,))
    with isolated(view, "handlers:run", limits) as worker, worker.open() as session:
        assert session.ask(f"open({str(tmp_path)!r} + '/data.csv')".encode()) == b"null"
        assert session.ask(f"open({str(tmp_path)!r} + '/x', 'w')".encode()) == b'"OSError"'
        assert session.ask(b"open('/tmp/of-its-own', 'w')") == b"null"
    assert [path.name for path in tmp_path.iterdir()] == ["data.csv"]


def test_a_preloaded_library_is_in_memory_before_the_first_question(isolated, edition, limits):
    view = View(edition, preload=("numpy",))
    with isolated(view, "handlers:run", limits) as worker, worker.open() as session:
        code = b"import sys; loaded = 'numpy' in sys.modules\n" + (
            b"import numpy as np; answer = [loaded, (np.eye(3) @ np.ones(3)).tolist()]"
        )
        assert json.loads(session.ask(code)) == [True, [1.0, 1.0, 1.0]]


def test_a_library_that_cannot_be_loaded_is_named(isolated, edition, limits):
    view = View(edition, preload=("no_such_library",))
    with (
        isolated(view, "handlers:run", limits) as worker,
        pytest.raises(WorkerFailed, match=r"the worker failed: ModuleNotFoundError.*no_such_lib"),
    ):
        worker.open()


def test_a_library_that_starts_threads_is_refused(isolated, edition, limits):
    (edition / "threaded.py").write_text(
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    with (
        isolated(View(edition, preload=("threaded",)), "handlers:run", limits) as worker,
        pytest.raises(WorkerFailed, match="left 2 threads running, but only a process of one"),
    ):
        worker.open()


def test_a_missing_folder_is_named(isolated, edition, limits):
    view = View(edition, read_only=(Path("/no/such/folder"),))
    with (
        pytest.raises(WorkerFailed, match="/no/such/folder: No such file"),
        isolated(view, "handlers:run", limits) as worker,
    ):
        worker.open()


def test_an_edition_closed_to_others_says_how_to_open_it(tmp_path, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    tmp_path.chmod(0o700)
    with pytest.raises(Unavailable, match=f"mode 700.*chmod 755 {tmp_path}"):
        View(tmp_path).mounts(tmp_bytes=4096)


def test_python_is_seen_at_its_own_path(edition):
    assert str(Path(sys.base_prefix)) in View(edition).mounts(tmp_bytes=4096)
