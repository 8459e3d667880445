"""Modules of checks run from texts, know each other, and leave nothing behind."""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress

import pytest

from praktikum.checks import run_modules


def test_a_module_takes_a_name_from_one_that_stands_after_it() -> None:
    names = run_modules({"depth": "from .data import SIZE\nTWICE = 2 * SIZE", "data": "SIZE = 5"})
    assert list(names) == ["depth", "data"]
    assert names["depth"]["TWICE"] == 10


def test_the_same_name_means_another_thing_in_another_module() -> None:
    source = "def case():\n    return {}\n\nVALUE = case"
    names = run_modules({"first": source.format(1), "second": source.format(2)})
    assert [names[module]["VALUE"]() for module in names] == [1, 2]  # type: ignore[operator]


def test_the_modules_of_two_units_do_not_mix() -> None:
    run_modules({"data": "SIZE = 5"})
    with pytest.raises(ModuleNotFoundError, match="unit_checks.data"):
        run_modules({"depth": "from .data import SIZE"})


@pytest.mark.parametrize("source", ["SIZE = 5", "SIZE = 1 / 0", "SIZE ="])
def test_the_interpreter_is_afterwards_as_it_was_before(source: str) -> None:
    modules, finders = set(sys.modules), list(sys.meta_path)
    with suppress(ZeroDivisionError, SyntaxError):
        run_modules({"data": source})
    assert (set(sys.modules), sys.meta_path) == (modules, finders)


def test_a_traceback_names_the_file_and_the_line() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run_modules({"data": "A = 1\nB = A / 0"}, folder="task/checks")
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.filename, frame.lineno) == ("task/checks/data.py", 2)
