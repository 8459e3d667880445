"""The verbs of the class online, as their users meet them: what can be mended is one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from praktikum.grader.sandbox import why_unavailable


def run(folder: Path, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "praktikum.cli", *map(str, words)]
    place = {"PRAKTIKUM_DATA": str(folder), "PRAKTIKUM_DATABASE": ""}
    environment = os.environ | place | variables
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "variables", "why"),
    [
        (["backup", "to.zip"], {}, "the database is not as this version wants it: praktikum serve"),
        (["restore", "none.zip"], {}, "[Errno 2] No such file or directory: 'none.zip'"),
        (["worker"], {"PRAKTIKUM_HTTPS": "yes"}, "PRAKTIKUM_HTTPS: 'yes' is neither 0 nor 1"),
        (["serve"], {"PRAKTIKUM_COURSE": "/none.toml"}, "/none.toml: "),
        (
            ["worker"],
            {"PRAKTIKUM_DATABASE": "postgres://site@%2Fnowhere/class"},
            "connection is bad: ",
        ),
    ],
    ids=["no site", "no file", "no flag", "no course", "no database"],
)
def test_a_users_mistake_is_one_line(
    tmp_path: Path, words: list[str], variables: dict[str, str], why: str
) -> None:
    done = run(tmp_path, *words, **variables)
    assert done.returncode == 1
    assert done.stderr.startswith(f"praktikum: {why}")
    assert "Traceback" not in done.stderr


def test_a_worker_waits_for_nothing_that_is_not_there(tmp_path: Path) -> None:
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    done = run(tmp_path, "worker", "--once")
    assert "praktikum: the database is not as this version wants it" in done.stderr
