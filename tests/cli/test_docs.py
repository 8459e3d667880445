"""`praktikum docs`: what can go wrong is said in a line, and nothing else's folder is touched."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from praktikum.cli.main import app
from praktikum.course.content import Content


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`var` is made in the current folder."""
    monkeypatch.chdir(tmp_path)


def docs(toy: Content, out: str = "site") -> Result:
    return CliRunner().invoke(app, ["docs", "--out", out, "--course", str(toy.path)])


def test_a_folder_that_is_no_site_is_left_alone(toy: Content, tmp_path: Path) -> None:
    (tmp_path / "site" / "ru").mkdir(parents=True)
    (tmp_path / "site" / "ru" / "letters.txt").write_text("mine")
    result = docs(toy)
    assert result.exit_code == 1
    assert (
        result.stderr
        == f"praktikum: {Path('site', 'ru')} is not a site of ours: choose another --out\n"
    )
    assert [path.name for path in (tmp_path / "site" / "ru").iterdir()] == ["letters.txt"]


def test_a_course_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["docs", "--course", str(tmp_path / "no.toml")])
    assert result.exit_code == 1
    assert result.stderr.startswith("praktikum: ")
    assert result.stderr.count("\n") == 1


def test_without_the_extra_it_says_what_to_install(
    toy: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nbclient", None)
    monkeypatch.delitem(sys.modules, "praktikum.course.book.execution", raising=False)
    monkeypatch.delitem(sys.modules, "praktikum.course.book.site", raising=False)
    result = docs(toy)
    assert result.exit_code == 1
    assert "pip install 'praktikum[docs]'" in result.stderr
