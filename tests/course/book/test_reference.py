"""The reference: a page for every public module, none for what is private or no library."""

from __future__ import annotations

from pathlib import Path

import pytest

from praktikum.course.book.reference import Module, modules, reference_page, rooms


@pytest.fixture
def library(tmp_path: Path) -> list[Module]:
    package = tmp_path / "library"
    (package / "room" / "inner").mkdir(parents=True)
    for name in ("__init__", "_private", "room/__init__", "room/layers", "room/inner/__init__"):
        (package / f"{name}.py").write_text(f'"""What {name} is for.\n\nMore."""\n')
    (package / "room" / "templates").mkdir()
    (package / "site").mkdir()
    (package / "site" / "__init__.py").write_text('"""An application."""\n')
    return modules(package)


def test_every_public_module_has_its_place(library: list[Module]) -> None:
    assert {module.name: module.page for module in library} == {
        "room": "reference/room/index",
        "room.inner": "reference/room/inner/index",
        "room.layers": "reference/room/layers",
    }
    assert [room.name for room in rooms(library)] == ["room"]


def test_a_package_lists_what_it_holds_in_one_line_each(library: list[Module]) -> None:
    page = reference_page(library[0], library)
    assert ":doc:`/reference/room/layers`\n     - What room/layers is for\n" in page
    assert ":members:" not in page


def test_a_module_shows_its_members(library: list[Module]) -> None:
    assert ".. automodule:: praktikum.room.layers\n   :members:" in reference_page(
        library[-1], library
    )
