"""The notebook that a student is given, built once for each state of its unit."""

from __future__ import annotations

from functools import lru_cache

import nbformat

from praktikum.checks import Language
from praktikum.course.notebook import build_notebook, notebook_name
from praktikum.course.unit import Unit

__all__ = ["student_notebook"]


def student_notebook(unit: Unit, language: Language) -> tuple[str, str]:
    """Return the name and the text of the unit's notebook, with its holes."""
    return notebook_name(unit), _built(unit, unit.source.stat().st_mtime_ns, language)


@lru_cache(maxsize=16)
def _built(unit: Unit, _changed: int, language: Language) -> str:
    text: str = nbformat.writes(build_notebook(unit, language, solved=False))
    return text
