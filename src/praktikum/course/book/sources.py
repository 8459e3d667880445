"""The folder of sources that Sphinx reads for one language.

Prose lies in ``docs/pages/LANGUAGE`` as Markdown with Jinja in it: dates, tables and rules are
filled in from the course. A page that begins with ``_`` is a piece, not a page.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from praktikum.checks import Language
from praktikum.course.book import words
from praktikum.course.book.execution import Outputs
from praktikum.course.book.reference import modules, reference_page, rooms
from praktikum.course.book.rules_in_words import rules_in_words
from praktikum.course.book.unit_page import page_name, unit_page
from praktikum.course.content import Content
from praktikum.course.unit import Unit

__all__ = ["write_sources"]


def write_sources(
    content: Content,
    language: Language,
    docs: Path,
    outputs: Mapping[str, Outputs],
    folder: Path,
) -> None:
    """Write the sources of the site in one language into ``folder``.

    A file that is as it was is not touched, so that Sphinx need not read it again; one that no
    longer belongs there is removed.

    Args:
        content: the course.
        language: of the pages.
        docs: the folder of pages, templates and theme.
        outputs: what the cells of each unit left, by its id; a unit that was not run has none.
        folder: where to write; all of it is this function's own.
    """
    written = set()
    for name, text in _files(content, language, docs, outputs):
        path = folder / name
        written.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    for path in folder.rglob("*"):
        if path.is_file() and path not in written:
            path.unlink()
    shutil.copytree(docs / "locale", folder / "locale", dirs_exist_ok=True)


def _files(
    content: Content, language: Language, docs: Path, outputs: Mapping[str, Outputs]
) -> Iterator[tuple[str, str]]:
    pages = _environment(content, language, docs / "pages" / language)
    for name in pages.list_templates():
        if not name.startswith("_"):
            yield name, pages.get_template(name).render()
    note = pages.get_template("_unit.md")
    deadlines = {task.id: task for task in content.course.tasks}
    for unit in content.units.values():
        text = note.render(unit=unit, task=deadlines.get(unit.deadline or ""))
        page = unit_page(unit, language, text, outputs.get(unit.id, {}))
        yield f"{page_name(unit)}.ipynb", nbformat.writes(page)
    found = modules()
    for module in found:
        yield f"{module.page}.rst", reference_page(module, found)


def _environment(content: Content, language: Language, folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown, from the course's own files
    )
    for word in (words.day, words.moment, words.number, words.points, words.least_points):
        environment.filters[word.__name__] = partial(word, language=language)
    found = modules()
    environment.globals |= {
        "course": content.course,
        "language": language,
        "rooms": rooms(found),
        "rules": rules_in_words(content.course.rules, language),
        "units": list(content.units.values()),
        "pages": {
            _folder(content, unit.folder): page_name(unit) for unit in content.units.values()
        },
        "number": _number,
        "page_name": page_name,
    }
    return environment


def _number(unit: Unit) -> str:
    return unit.id.partition("_")[0].lstrip("st0")


def _folder(content: Content, folder: Path) -> str:
    # As course.toml names it.
    return folder.relative_to(content.path.parent).as_posix()
