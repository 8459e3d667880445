"""Holes: what is cut, what stays, and what may be grafted in."""

from __future__ import annotations

import ast

import pytest

from praktikum.course.holes import (
    Address,
    HoleError,
    cut,
    defines,
    extract,
    graft,
    holes_in,
)

SOURCE = '''\
"""A module."""

import math


def area(radius: float) -> float:
    """Return the area."""
    square = radius * radius  # the answer
    return math.pi * square
    # the answer in words


class Disc:
    """A disc."""

    colour = "red"

    @property
    def area(self) -> float:
        """Return the area."""
        return area(self.radius)

    def grow(self, by: float) -> None:
        """Grow the radius."""
        self.radius += by
'''


def test_a_cut_function_keeps_signature_and_docstring_and_loses_its_body() -> None:
    blank = cut(SOURCE, ["area"])
    assert 'def area(radius: float) -> float:\n    """Return the area."""\n' in blank
    assert "square" not in blank
    assert "the answer" not in blank


def test_what_is_not_cut_stays_to_the_letter() -> None:
    blank = cut(SOURCE, ["Disc.area"])
    start = SOURCE.index("        return area(self.radius)\n")
    assert blank.startswith(SOURCE[:start])
    assert blank.endswith(SOURCE[SOURCE.index("\n    def grow") :])


def test_several_holes_are_cut_at_once_in_any_order() -> None:
    names = ["Disc.grow", "area", "Disc.area"]
    assert cut(SOURCE, names) == cut(SOURCE, reversed(names))
    assert holes_in(ast.parse(cut(SOURCE, names))) == 3


def test_calling_a_hole_says_which_one_it_is() -> None:
    namespace: dict[str, object] = {}
    exec(cut(SOURCE, ["area"]), namespace)
    with pytest.raises(NotImplementedError, match="^area$"):
        namespace["area"](1.0)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("source", "name", "message"),
    [
        (SOURCE, "volume", "there is no definition of volume"),
        (SOURCE, "Disc.volume", "there is no definition of Disc.volume"),
        (SOURCE, "Disc", "Disc is a class: name the methods"),
        ("def f():\n    return 1\n", "f", "f has no docstring"),
        ("def f(): return 1\n", "f", "f stands on one line with its body"),
    ],
)
def test_a_hole_that_cannot_be_cut_is_told(source: str, name: str, message: str) -> None:
    with pytest.raises(HoleError, match=message):
        cut(source, [name])


def test_an_extract_has_its_decorators_and_nothing_else() -> None:
    assert extract(SOURCE, "Disc.area").splitlines()[0] == "    @property"
    assert extract(SOURCE, "area").endswith("return math.pi * square\n")


def test_a_graft_replaces_methods_and_leaves_their_neighbours() -> None:
    wrong = "class Disc:\n    def grow(self, by):\n        self.radius -= by\n"
    grafted = graft(SOURCE, wrong)
    assert "self.radius -= by" in grafted
    assert "self.radius += by" not in grafted
    assert 'colour = "red"' in grafted
    ast.parse(grafted)


def test_a_graft_of_what_is_not_there_is_an_error() -> None:
    with pytest.raises(HoleError, match="there is no definition of shrink"):
        graft(SOURCE, "def shrink():\n    pass\n")


def test_only_a_definition_at_the_top_counts_as_defined() -> None:
    assert defines(SOURCE, "Disc")
    assert not defines(SOURCE, "grow")
    assert not defines("%matplotlib inline\ndef f(): ...", "f")


@pytest.mark.parametrize("text", ["Dense", ":Dense", "scratch.layers:", ""])
def test_an_address_must_name_module_and_object(text: str) -> None:
    with pytest.raises(HoleError, match="is not an address like"):
        Address.parse(text)


def test_an_address_knows_its_top_level_name() -> None:
    assert Address.parse("scratch.layers:Dense.backward").name == "Dense"
