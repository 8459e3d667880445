"""A page shows what cells print and gives no more away than the notebook with holes."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_output

from praktikum.course.book.unit_page import page_name, unit_page
from praktikum.course.content import Content
from praktikum.course.notebook import build_notebook, is_check
from praktikum.course.unit import Unit


def page(unit: Unit) -> NotebookNode:
    """Return the page of a unit whose every solved cell printed its own source."""
    solved = build_notebook(unit, "en", solved=True)
    outputs = {
        cell.id: [new_output("stream", text=cell.source)]
        for cell in solved.cells
        if cell.cell_type == "code"
    }
    return unit_page(unit, "en", "A note.", outputs)


def test_a_cell_without_holes_shows_what_the_solved_one_printed(seminar: Unit) -> None:
    shown = [cell for cell in page(seminar).cells if "the mean is" in cell.source]
    assert [cell.outputs[0].text for cell in shown] == [cell.source for cell in shown]
    assert shown


def test_no_answer_is_shown_neither_as_source_nor_as_output(seminar: Unit) -> None:
    assert "values.sum()" not in str(page(seminar))
    assert "NotImplementedError" in str(page(seminar))


def test_a_check_is_shown_as_the_reader_finds_it(seminar: Unit) -> None:
    checks = [cell for cell in page(seminar).cells if is_check(cell)]
    assert [cell.outputs for cell in checks] == [[]]


def test_the_note_stands_between_title_and_text(seminar: Unit) -> None:
    first = page(seminar).cells[0].source
    assert first.startswith("# A seminar on the mean\n\nA note.\n\nThe mean of")


def test_a_task_shows_its_statement_only(toy_unit: Unit) -> None:
    cells = unit_page(toy_unit, "en", "", {}).cells
    assert not any(cell.get("outputs") for cell in cells)
    assert "minimises" not in str(cells)


def test_seminars_and_tasks_have_folders_of_their_own(small_course: Content) -> None:
    names = [page_name(unit) for unit in small_course.units.values()]
    assert names == ["seminars/s01_numbers", "tasks/t1_toy"]
