"""The observing halves of check modules: what of them may stand beside a submission.

``expect`` knows the answers, so it never enters the sandbox, and neither does anything that only
it uses. What is left is found by name: the observing functions, and what they reach, in their own
module or, by ``from .data import rings``, in one beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping

from praktikum.checks import CheckError

__all__ = ["observed_names", "observing_halves"]

_Name = tuple[str, str]  # a module, and a name in it
_Statement = tuple[str, ast.stmt]  # a module, and a statement of it


def observing_halves(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the sources of check modules without their expecting halves, by name.

    Kept are the functions decorated with ``@check`` and, transitively, the functions, classes,
    assignments and imports whose names they use. Bare statements go, and so does a module of
    which nothing is kept.

    Raises:
        CheckError: a module imports from beside it otherwise than by ``from .MODULE import NAME``.
    """
    trees = {module: ast.parse(source) for module, source in sources.items()}
    reached = _reached(trees)
    halves: dict[str, str] = {}
    for module, tree in trees.items():
        if any(node in reached for node in tree.body):
            kept = [node for node in tree.body if node in reached or _is_future(node)]
            halves[module] = ast.unparse(ast.Module(body=kept, type_ignores=[]))
    return halves


def observed_names(observing_sources: Iterable[str]) -> frozenset[str]:
    """Return the names that observing halves ask of a submission: X of each ``sub.X``."""
    return frozenset(
        node.attr
        for source in observing_sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "sub"
    )


def _reached(trees: Mapping[str, ast.Module]) -> set[ast.stmt]:
    """Return the statements of all modules that observing needs."""
    statements = [(module, node) for module, tree in trees.items() for node in tree.body]
    binding: dict[_Name, list[_Statement]] = {}
    for module, node in statements:
        _verify_import(module, node, trees)
        for name in _bound(node):
            binding.setdefault((module, name), []).append((module, node))
    reached: set[ast.stmt] = set()
    waiting = [(module, node) for module, node in statements if _is_observing(node)]
    while waiting:
        module, node = waiting.pop()
        if node not in reached:
            reached.add(node)
            for used in _used(module, node):
                waiting += binding.get(used, [])
    return reached


def _is_observing(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check"
        for call in node.decorator_list
    )


def _is_expecting(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(decorator, ast.Attribute) and decorator.attr == "expects"
        for decorator in node.decorator_list
    )


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _bound(node: ast.stmt) -> list[str]:
    if _is_expecting(node):
        return []
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return [name.id for name in ast.walk(node) if isinstance(name, ast.Name) and _stored(name)]
    return []


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _used(module: str, node: ast.stmt) -> set[_Name]:
    """Return the names that a statement of ``module`` uses, there or in a module beside it."""
    if isinstance(node, ast.ImportFrom) and node.level:
        return {(str(node.module), alias.name) for alias in node.names}
    used = (name for name in ast.walk(node) if isinstance(name, ast.Name))
    return {(module, name.id) for name in used if not _stored(name)}


def _verify_import(module: str, node: ast.stmt, modules: Collection[str]) -> None:
    """Return nothing if it can be followed which names the statement takes from which module."""
    if isinstance(node, ast.ImportFrom) and node.level:
        names = [alias.name for alias in node.names]
        if node.level > 1 or node.module not in modules or "*" in names:
            wanted = f"from .MODULE import NAME, MODULE one of {', '.join(modules)}"
            raise CheckError(f"{module}: wanted {wanted}; got {ast.unparse(node)}")
