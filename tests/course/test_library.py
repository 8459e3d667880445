"""The students' edition of the library: everything but the answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from praktikum.course.holes import HoleError
from praktikum.course.library import module_path, write_edition, write_installable_edition
from praktikum.course.unit import Unit


@pytest.fixture
def edition(toy_unit: Unit, tmp_path: Path) -> Path:
    write_edition([toy_unit], tmp_path)
    return tmp_path


def run(edition: Path, code: str) -> subprocess.CompletedProcess[str]:
    setup = f"import sys; sys.path.insert(0, {str(edition)!r})\n"
    return subprocess.run(
        [sys.executable, "-P", "-c", setup + code], capture_output=True, text=True, check=False
    )


def test_a_hole_of_the_library_is_cut_in_the_edition(edition: Path) -> None:
    source = (edition / "praktikum" / "scratch" / "layers.py").read_text("utf-8")
    assert 'raise NotImplementedError("Dense.forward")' in source
    assert 'raise NotImplementedError("Dense.backward")' not in source  # not a hole of this unit


def test_the_edition_imports_and_says_what_is_to_be_written(edition: Path) -> None:
    done = run(
        edition,
        "import numpy as np\n"
        "from praktikum.scratch.layers import Dense\n"
        "layer = Dense(2, 1)\n"
        "try:\n    layer.forward(np.ones((1, 2)))\n"
        "except NotImplementedError as hole:\n    print(hole)",
    )
    assert (done.stdout, done.stderr) == ("Dense.forward\n", "")


def test_no_bytecode_goes_along_since_it_would_hold_the_answers(edition: Path) -> None:
    assert not [path for path in edition.rglob("*") if "pyc" in path.name]


def test_the_edition_has_the_data_of_the_package_too(edition: Path) -> None:
    assert (edition / "praktikum" / "py.typed").is_file()
    assert list((edition / "praktikum" / "grader" / "templates").iterdir())


def test_pip_can_install_the_edition(toy_unit: Unit, tmp_path: Path) -> None:
    import tomllib

    write_installable_edition([toy_unit], tmp_path)
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"].endswith("+student")
    assert any(requirement.startswith("numpy") for requirement in project["dependencies"])
    assert not any("extra" in requirement for requirement in project["dependencies"])


def test_a_module_that_is_not_there_is_told(toy_unit: Unit) -> None:
    with pytest.raises(HoleError, match=r"t1_toy: module 'scratch.nothing' is not in the library"):
        module_path("scratch.nothing", toy_unit)
