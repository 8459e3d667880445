"""Modules of checks, run from their sources.

A unit's checks may stand in several modules, one a concept. They form a package that lies nowhere:
it is made of texts, which is how they come into the sandbox, so ``from .data import rings`` means
the same there as in the author's folder, in whatever order the modules are run. Afterwards the
interpreter has forgotten the package, so that the checks of two units never mix.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import ExecutionLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType

__all__ = ["run_modules"]

_PACKAGE = "unit_checks"


def run_modules(
    sources: Mapping[str, str], folder: str = "<checks>"
) -> dict[str, Mapping[str, object]]:
    """Return the global names of each module after it ran, in the order of ``sources``.

    Args:
        sources: the text of each module, by its name.
        folder: where tracebacks say that the modules lie.

    Raises:
        Exception: whatever a module does; ImportError where it asks another for what is not there.
    """
    with _importable(_Package(sources, folder)):
        return {name: vars(importlib.import_module(f"{_PACKAGE}.{name}")) for name in sources}


class _Package(MetaPathFinder, ExecutionLoader):
    """Finds the package and its modules in a mapping of texts."""

    def __init__(self, sources: Mapping[str, str], folder: str) -> None:
        self._folder = folder
        self._sources = {f"{_PACKAGE}.{name}": source for name, source in sources.items()}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target  # the whole name says which module is meant
        if self.is_package(fullname) or fullname in self._sources:
            return spec_from_loader(fullname, self, is_package=self.is_package(fullname))
        return None

    def is_package(self, fullname: str) -> bool:
        return fullname == _PACKAGE

    def get_source(self, fullname: str) -> str:
        return self._sources.get(fullname, "")

    def get_filename(self, fullname: str) -> str:
        return f"{self._folder}/{fullname.rpartition('.')[2]}.py"


@contextmanager
def _importable(package: _Package) -> Iterator[None]:
    sys.meta_path.insert(0, package)
    try:
        yield
    finally:
        sys.meta_path.remove(package)
        for name in [each for each in sys.modules if each.partition(".")[0] == _PACKAGE]:
            del sys.modules[name]
