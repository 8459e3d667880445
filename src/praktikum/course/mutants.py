"""Known mistakes: what students get wrong, written down once and used to test the checks.

A mutant is a file ``mutants/NAME.py`` of a unit: a docstring that says the mistake in both
languages, ``FAILS``, the checks that must notice it, and the wrong functions and methods, which
take the place of the right ones in a solved notebook.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from praktikum.checks import Text
from praktikum.checks.text import parse_bilingual
from praktikum.course.holes import HoleError, defines, extract, graft
from praktikum.course.unit import Unit

__all__ = ["Mutant", "mutants_of"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake.

    Attributes:
        name: of its file.
        mistake: in a sentence.
        fails: the names of the checks that must fail.
        source: its wrong code.
    """

    name: str
    mistake: Text
    fails: frozenset[str]
    source: str

    def apply(self, cells: Sequence[str]) -> list[str]:
        """Return the code cells of a solved notebook with the mistake made in them.

        Raises:
            HoleError: no cell defines what it replaces.
        """
        mutated = list(cells)
        for node in ast.parse(self.source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                places = [i for i, cell in enumerate(mutated) if defines(cell, node.name)]
                if not places:
                    raise HoleError(f"mutant {self.name}: no cell defines {node.name}")
                wrong = extract(self.source, node.name)
                mutated[places[-1]] = graft(mutated[places[-1]], wrong)
        return mutated


def mutants_of(unit: Unit) -> list[Mutant]:
    """Return the mutants of a unit, by name.

    Raises:
        HoleError: one lacks its docstring or its ``FAILS``.
    """
    return [
        _read(path.stem, path.read_text("utf-8"))
        for path in sorted((unit.folder / "mutants").glob("*.py"))
    ]


def _read(name: str, source: str) -> Mutant:
    tree = ast.parse(source)
    mistake = parse_bilingual(ast.get_docstring(tree) or "")
    fails = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "FAILS"
    ]
    if mistake is None or not fails:
        raise HoleError(f"mutant {name}: wanted a docstring with 'ru:' and 'en:', and FAILS = […]")
    return Mutant(name, mistake, frozenset(fails[-1]), source)
