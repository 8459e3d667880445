"""What the README says can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from praktikum.cli.main import app

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.ru.md"]


def commands(readme: Path) -> list[list[str]]:
    """Return the commands of its shell blocks, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", readme.read_text("utf-8"), flags=re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


each_readme = pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)


def test_both_languages_give_the_same_commands() -> None:
    assert commands(READMES[0]) == commands(READMES[1])


@each_readme
def test_every_verb_and_option_that_is_shown_exists(readme: Path) -> None:
    for program, verb, *rest in commands(readme):
        if program != "praktikum":
            continue
        shown = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": "120"})
        assert shown.exit_code == 0
        assert all(word in shown.output for word in rest if word.startswith("--"))


@each_readme
def test_every_make_target_that_is_shown_exists(readme: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = [words[1] for words in commands(readme) if words[0] == "make"]
    assert targets == ["demo", "test"]
    assert all(f"\n{target}:" in makefile for target in targets)


@each_readme
def test_every_file_that_is_linked_is_there(readme: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", readme.read_text("utf-8"))
    assert links
    for link in links:
        assert link.startswith("https://") or (ROOT / link).is_file()


@each_readme
def test_every_unit_that_is_named_exists(readme: Path) -> None:
    from praktikum.course.content import open_content

    for words in commands(readme):
        if words[:2] in (["praktikum", "start"], ["praktikum", "verify"]):
            assert open_content(ROOT / "content" / "course.toml").unit(words[2])
