"""The pages of the library's reference: a page for each module, drawn from its docstrings.

A page shows signatures and docstrings and never source, so holes stay holes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from praktikum.course.library import PACKAGE

__all__ = ["Module", "modules", "reference_page", "rooms"]

_APPLICATIONS = ("site",)  # not a library: Django loads its modules, and only under settings


@dataclass(frozen=True, slots=True)
class Module:
    """A public module of the library, by its name below ``praktikum``: ``scratch.layers``."""

    name: str
    path: Path

    @property
    def is_package(self) -> bool:
        """Whether it holds other modules."""
        return self.path.name == "__init__.py"

    @property
    def page(self) -> str:
        """Where its page stands in the site, twin by twin in both languages."""
        return f"reference/{self.name.replace('.', '/')}" + ("/index" if self.is_package else "")

    @property
    def summary(self) -> str:
        """The first line of its docstring, without the full stop."""
        docstring = ast.get_docstring(ast.parse(self.path.read_text("utf-8"))) or ""
        return docstring.partition("\n")[0].rstrip(".")


def modules(package: Path = PACKAGE) -> list[Module]:
    """Return the public modules of the library, packages before what they hold."""
    return list(_below(package, package))


def rooms(found: list[Module]) -> list[Module]:
    """Return those that are rooms: packages that lie directly in the library."""
    return [module for module in found if module.is_package and "." not in module.name]


def reference_page(module: Module, found: list[Module]) -> str:
    """Return the reStructuredText of a module's page; a package's lists what it holds."""
    title = f"{module.name}"
    lines = [title, "=" * len(title), "", f".. automodule:: praktikum.{module.name}"]
    if not module.is_package:
        lines += ["   :members:", "   :show-inheritance:"]
    if inner := [other for other in found if other.name.rpartition(".")[0] == module.name]:
        lines += ["", ".. toctree::", "   :maxdepth: 1", "   :hidden:", ""]
        lines += [f"   /{other.page}" for other in inner]
        lines += ["", ".. list-table::", "   :widths: auto", ""]
        for other in inner:
            lines += [f"   * - :doc:`/{other.page}`", f"     - {other.summary}"]
    return "\n".join(lines) + "\n"


def _below(folder: Path, package: Path) -> Iterator[Module]:
    for path in sorted(folder.iterdir()):
        name = ".".join(path.relative_to(package).with_suffix("").parts)
        if path.name.startswith((".", "_")) or name in _APPLICATIONS:
            continue
        if (path / "__init__.py").is_file():
            yield Module(name, path / "__init__.py")
            yield from _below(path, package)
        elif path.suffix == ".py":
            yield Module(name, path)
