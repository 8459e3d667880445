"""Which statements of a submission are run for grading: those that define what is asked.

Answers are found by name, wherever they stand. From the names asked for, definitions are followed
to the names they use, and so on; training cells, prints and plots are reached by nobody and never
run. Of two definitions of a name the later one counts, as in a notebook run from top to bottom,
except that a hole never hides a written answer (cells get copied). The result is ordered so that
each definition comes after those it needs at once: its bases, decorators and defaults.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from praktikum.course.holes import holes_in
from praktikum.grader.submission import Cell

__all__ = ["Definition", "Selection", "select"]

_MAGIC = re.compile(r"^\s*[%!?]|^[^#'\"]*\?\s*$")
_HARMLESS_CELL_MAGICS = ("%%time", "%%timeit", "%%capture")
_BUILTINS = frozenset(dir(builtins))
_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})


@dataclass(frozen=True, slots=True)
class Definition:
    """One top-level statement that binds names.

    Attributes:
        place: its cell, as its reader counts: ``cell 5``.
        line: the line in that cell at which it begins, from 1.
        source: its text.
        names: what it binds; for ``Dense.backward = f`` the object that it changes.
        extends: whether it changes an object rather than binds a name.
    """

    place: str
    line: int
    source: str
    names: frozenset[str]
    extends: bool
    at_once: frozenset[str]  # the names used when the statement runs
    later: frozenset[str]  # the names used when what it defines is called
    holes: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The definitions to run, in order, and what was passed over, one line each."""

    definitions: tuple[Definition, ...]
    problems: tuple[str, ...]


def select(cells: Iterable[Cell], wanted: Iterable[str]) -> Selection:
    """Return the definitions that ``wanted`` names need, from cells in the order they stand."""
    problems: list[str] = []
    found = [definition for cell in cells for definition in _definitions(cell, problems)]
    chosen = _choose(found)
    reached: set[int] = set()
    waiting = list(wanted)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for index in chosen.get(name, []):
            if index not in reached:
                reached.add(index)
                waiting += found[index].at_once | found[index].later
                waiting += found[index].names
    # `from x import *` may bind anything, so it is always run.
    reached |= set(chosen.get("*", []))
    return Selection(tuple(_ordered([found[index] for index in sorted(reached)])), tuple(problems))


def _choose(found: Sequence[Definition]) -> dict[str, list[int]]:
    """Return, for each name, the one definition that counts and what changes it afterwards."""
    chosen: dict[str, list[int]] = {}
    for index, definition in enumerate(found):
        for name in definition.names:
            before = chosen.setdefault(name, [])
            if definition.extends or name == "*":
                before.append(index)
            elif not before or definition.holes <= found[before[0]].holes:
                # `class Dense(Dense)` builds on the one before it.
                builds_on = name in definition.at_once
                kept = [other for other in before if found[other].extends or builds_on]
                chosen[name] = [*kept, index]
    return chosen


def _ordered(definitions: list[Definition]) -> Iterator[Definition]:
    """Yield the definitions so that names used at once are bound before."""
    waiting = list(definitions)
    unbound = {name for definition in waiting for name in definition.names if name != "*"}
    while waiting:
        ready = next(
            (each for each in waiting if not ((each.at_once & unbound) - _own(each))),
            waiting[0],  # a circle: in the notebook's order it fails as it does there
        )
        waiting.remove(ready)
        yield ready
        still = {name for each in waiting if not each.extends for name in each.names}
        unbound &= still


def _own(definition: Definition) -> frozenset[str]:
    return frozenset() if definition.extends else definition.names


def _definitions(cell: Cell, problems: list[str]) -> Iterator[Definition]:
    place = f"cell {cell.number}"
    text = _without_magics(cell.source)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error)
        problems.append(f"{place}, line {line}: {reason}")
        return
    lines = text.splitlines(keepends=True)
    for node in tree.body:
        names, extends = _bound(node)
        if names:
            source = _source(lines, node)
            at_once, later = _used(source)
            yield Definition(
                place=place,
                line=_first_line(node),
                source=source,
                names=names,
                extends=extends,
                at_once=at_once,
                later=later,
                holes=holes_in(node),
            )


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _source(lines: list[str], node: ast.stmt) -> str:
    """Return the text of a statement, without its neighbours on the same lines."""
    first, last = _first_line(node) - 1, (node.end_lineno or node.lineno) - 1
    own = [line.encode() for line in lines[first : last + 1]]  # columns count bytes
    own[-1] = own[-1][: node.end_col_offset]
    if first == node.lineno - 1:
        own[0] = own[0][node.col_offset :]
    return b"".join(own).decode()


def _without_magics(source: str) -> str:
    """Return the cell with IPython's own lines emptied; line numbers stay."""
    first = source.lstrip().partition("\n")[0]
    if first.startswith("%%") and not first.startswith(_HARMLESS_CELL_MAGICS):
        return ""  # %%bash, %%html, %%writefile: another language
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = source.split("\n")
        return "\n".join(_keep_indent(line) if _MAGIC.match(line) else line for line in lines)
    return source


def _keep_indent(line: str) -> str:
    # `if cuda: !nvidia-smi` on its own line must still be a body
    return line[: len(line) - len(line.lstrip())] + "pass"


def _bound(node: ast.stmt) -> tuple[frozenset[str], bool]:
    """Return the names that a defining statement binds, and whether it only changes them."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return frozenset({name}), False
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            names = ((alias.asname or alias.name).partition(".")[0] for alias in aliases)
            return frozenset(names), False
        case ast.Assign() | ast.AnnAssign():
            return _assigned(node)
        case ast.Try(body=body) if all(
            isinstance(each, ast.Import | ast.ImportFrom) for each in body
        ):
            return frozenset().union(*(_bound(each)[0] for each in body)), False
        case _:
            return frozenset(), False


def _assigned(node: ast.Assign | ast.AnnAssign) -> tuple[frozenset[str], bool]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names: set[str] = set()
    changed: set[str] = set()
    for target in targets:
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            changed.add(target.value.id)
        for name in ast.walk(target):
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                names.add(name.id)
    return (frozenset(names), False) if names else (frozenset(changed), bool(changed))


def _used(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the global names that a statement uses when it runs, and those used when called."""
    at_once: set[str] = set()
    later: set[str] = set()

    def visit(scope: symtable.SymbolTable, *, running: bool) -> None:
        at_top = scope.get_type() == "module"
        for symbol in scope.get_symbols():
            if symbol.is_referenced() and (at_top or symbol.is_global()):
                (at_once if running else later).add(symbol.get_name())
        for inner in scope.get_children():
            runs_now = inner.get_type() == "class" or inner.get_name() in _COMPREHENSIONS
            visit(inner, running=running and runs_now)

    visit(symtable.symtable(source, "cell", "exec"), running=True)
    return frozenset(at_once - _BUILTINS), frozenset(later - at_once - _BUILTINS)
