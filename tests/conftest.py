"""Shapes are types: in tests beartype checks every jaxtyping annotation of these rooms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

if TYPE_CHECKING:
    from praktikum.course.content import Content
    from praktikum.course.unit import Unit

CHECKED_ROOMS = [
    "praktikum.audio",
    "praktikum.data",
    "praktikum.scratch",
    "praktikum.sequence",
    "praktikum.text",
    "praktikum.vision",
]

# As for mypy, an int is good where a float is asked for (PEP 484).
TYPE_CHECKER = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"

# Before any test imports a room: a module that is already loaded is not checked.
install_import_hook(CHECKED_ROOMS, TYPE_CHECKER)

# Properties are tried on the same examples each time, and a busy machine fails none of them.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

TOY_COURSE = Path(__file__).parent / "toy_course" / "course.toml"
MASKED_COURSE = Path(__file__).parent / "masked_course" / "course.toml"


@pytest.fixture
def toy() -> Content:
    """A course of one small task, with holes of its own and in the library."""
    from praktikum.course.content import open_content

    return open_content(TOY_COURSE)


@pytest.fixture
def toy_unit(toy: Content) -> Unit:
    """The small task."""
    return toy.unit("t1_toy")


@pytest.fixture
def masked() -> Content:
    """A course of one small task that wants predicted masks: of rectangles on noise."""
    from praktikum.course.content import open_content

    return open_content(MASKED_COURSE)


@pytest.fixture
def masked_unit(masked: Content) -> Unit:
    """The task with masks."""
    return masked.unit("t1_masked")


@pytest.fixture
def modular_unit() -> Unit:
    """A small seminar whose checks stand in modules."""
    from praktikum.course.unit import read_unit

    return read_unit(TOY_COURSE.parent / "seminars" / "s01_modules")
