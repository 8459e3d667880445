"""The observing half of a checks file: what of it may stand beside a submission.

``expect`` knows the answers, so it never enters the sandbox, and neither does anything that only
it uses. What is left is found by name: the observing functions, and what they reach.
"""

from __future__ import annotations

import ast

__all__ = ["observed_names", "observing_half"]


def observing_half(source: str) -> str:
    """Return the source of a ``checks.py`` without its expecting half.

    Kept are the functions decorated with ``@check`` and, transitively, the functions, classes,
    assignments and imports whose names they use. Bare statements go.
    """
    tree = ast.parse(source)
    binding = {name: node for node in tree.body for name in _bound(node)}
    reached: set[ast.stmt] = set()
    waiting = [node for node in tree.body if _is_observing(node)]
    while waiting:
        node = waiting.pop()
        if node in reached:
            continue
        reached.add(node)
        waiting += [binding[name] for name in _used(node) if name in binding]
    kept = [node for node in tree.body if node in reached or _is_future(node)]
    return ast.unparse(ast.Module(body=kept, type_ignores=[]))


def observed_names(observing_source: str) -> frozenset[str]:
    """Return the names that the observing half asks of a submission: X of each ``sub.X``."""
    return frozenset(
        node.attr
        for node in ast.walk(ast.parse(observing_source))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "sub"
    )


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
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return [name.id for name in ast.walk(node) if isinstance(name, ast.Name) and _stored(name)]
    return []


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _used(node: ast.stmt) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and not _stored(name)}
