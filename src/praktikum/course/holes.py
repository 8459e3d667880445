"""Cutting holes into source text, taking pieces out of it and grafting others in.

A task is a working system with holes in it. The system is the library; a hole is the body of
one of its functions. What is left, the signature and the docstring, states what must be written.
Everything here works on lines of text that the syntax tree points at, so that comments and layout
outside of the hole stay as the author wrote them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "Address",
    "HoleError",
    "cut",
    "defines",
    "extract",
    "functions_in",
    "graft",
    "holes_in",
    "is_hole",
]

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_HOLE = """\
# ваш код · your code
raise NotImplementedError("{name}")
"""


class HoleError(ValueError):
    """A hole cannot be cut as it is named: an author's mistake."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an object of the library or of a unit stands: ``scratch.layers:Dense.backward``."""

    module: str
    qualname: str

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address that ``text`` spells.

        Raises:
            HoleError: it isn't of the form ``module:qualname``.
        """
        module, colon, qualname = text.partition(":")
        if not (module and colon and qualname):
            raise HoleError(f"{text!r} is not an address like scratch.layers:Dense.backward")
        return cls(module, qualname)

    @property
    def name(self) -> str:
        """The top-level name: ``Dense`` of ``scratch.layers:Dense.backward``."""
        return self.qualname.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.module}:{self.qualname}"


def cut(source: str, qualnames: Iterable[str]) -> str:
    """Return ``source`` with the bodies of the functions named in ``qualnames`` cut out.

    Signature, decorators and docstring stay; the body becomes ``raise NotImplementedError``.

    Raises:
        HoleError: there is no such function, it is a class, or it has no docstring.
    """
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    functions = [(_function(tree, qualname), qualname) for qualname in qualnames]
    # From the last to the first, so that earlier line numbers stay true.
    for function, qualname in sorted(functions, key=lambda pair: -pair[0].lineno):
        if ast.get_docstring(function) is None:
            raise HoleError(f"{qualname} has no docstring, so nothing says what to write")
        docstring_end = function.body[0].end_lineno or 0
        indent = " " * (function.body[0].col_offset)
        hole = [indent + line for line in _HOLE.format(name=qualname).splitlines(keepends=True)]
        lines[docstring_end : _end_with_comments(lines, function)] = hole
    return "".join(lines)


def extract(source: str, qualname: str) -> str:
    """Return the lines of the definition of ``qualname``, with its decorators, without others.

    Raises:
        HoleError: there is no such definition.
    """
    definition = _find(ast.parse(source), qualname)
    lines = source.splitlines(keepends=True)
    return "".join(lines[_start(definition) : definition.end_lineno])


def graft(source: str, replacement: str) -> str:
    """Return ``source`` with the functions and methods that ``replacement`` defines in their place.

    A class in ``replacement`` stands for its methods only: the others of that class stay.

    Raises:
        HoleError: ``source`` has no function or method of that name.
    """
    for qualname in functions_in(replacement):
        function = _function(ast.parse(source), qualname)
        lines = source.splitlines(keepends=True)
        lines[_start(function) : function.end_lineno] = [_ended(extract(replacement, qualname))]
        source = "".join(lines)
    return source


def defines(source: str, name: str) -> bool:
    """Return whether ``source`` is Python that defines a function or class ``name`` at its top."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with IPython's own lines
        return False
    return any(isinstance(node, Definition) and node.name == name for node in tree.body)


def functions_in(source: str) -> list[str]:
    """Return the qualified names of the functions and methods that ``source`` defines."""
    names: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.ClassDef):
            names += [
                f"{node.name}.{member.name}"
                for member in node.body
                if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef)
            ]
    return names


def is_hole(function: ast.AST) -> bool:
    """Return whether a function's body does nothing but raise ``NotImplementedError``."""
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    called = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(called, ast.Name) and called.id == "NotImplementedError"


def holes_in(tree: ast.AST) -> int:
    """Return how many functions in ``tree`` still are holes."""
    return sum(is_hole(node) for node in ast.walk(tree))


def _find(tree: ast.Module, qualname: str) -> Definition:
    scope: list[ast.stmt] = tree.body
    found: Definition | None = None
    for name in qualname.split("."):
        named = [node for node in scope if isinstance(node, Definition) and node.name == name]
        if not named:
            raise HoleError(f"there is no definition of {qualname}")
        found = named[-1]
        scope = found.body
    assert found is not None
    return found


def _function(tree: ast.Module, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    found = _find(tree, qualname)
    if isinstance(found, ast.ClassDef):
        raise HoleError(f"{qualname} is a class: name the methods that are to be written")
    if found.body[0].lineno == found.lineno:
        raise HoleError(f"{qualname} stands on one line with its body: give the body its own lines")
    return found


def _start(definition: Definition) -> int:
    first = min([definition.lineno, *(node.lineno for node in definition.decorator_list)])
    return first - 1


def _end_with_comments(lines: list[str], function: ast.AST) -> int:
    # Comments after the last statement belong to the body too: they would give it away.
    end = int(getattr(function, "end_lineno", 0))
    indent = int(getattr(function, "col_offset", 0))
    last = end
    for number in range(end, len(lines)):
        line = lines[number]
        if line.strip() and not (line.lstrip().startswith("#") and _indent(line) > indent):
            break
        if line.strip():
            last = number + 1
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
