"""What a worker sees of the host: the file systems that bubblewrap mounts for it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import praktikum
from praktikum.grader.sandbox.errors import Unavailable
from praktikum.grader.sandbox.inside.walls import NEXT_TMP

EDITION = "/edition"
INSIDE = "/sandbox/inside"

_LIBRARIES = ("/lib", "/lib32", "/lib64", "/libx32", "/usr/lib", "/usr/lib32", "/usr/lib64")
_LINKER = ("/etc/ld.so.cache", "/etc/alternatives")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


@dataclass(frozen=True)
class View:
    """What a worker sees beside Python itself and the system's shared libraries.

    edition:    folder put first on the import path: the package with its answers cut out
    preload:    modules imported once, before any child is made
    read_only:  more files or folders, seen at their own paths
    hidden:     folders shown empty where they lie within something that is seen; the installed
                `praktikum` always is
    """

    edition: Path
    preload: tuple[str, ...] = ()
    read_only: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = ()

    def mounts(self, tmp_bytes: int) -> list[str]:
        """bubblewrap's arguments that build this view, with a /tmp of `tmp_bytes` bytes.

        Raises Unavailable when the edition can't be read by an unprivileged user.
        """
        _require_readable(self.edition)
        seen = self._seen()
        arguments = ["--perms", "1777", "--size", str(tmp_bytes), "--tmpfs", "/tmp"]
        arguments += ["--dir", NEXT_TMP]
        arguments += _parents([*seen, *map(Path, (INSIDE, *_LIBRARIES, *_LINKER))])
        for library in _LIBRARIES:
            arguments += _library(Path(library))
        for path in map(str, sorted(seen)):
            arguments += ["--ro-bind", path, path]
        for path in _LINKER:
            arguments += ["--ro-bind-try", path, path]
        arguments += ["--ro-bind", str(self.edition.absolute()), EDITION]
        arguments += ["--ro-bind", str(Path(__file__).parent / "inside"), INSIDE]
        for folder in sorted({Path(praktikum.__file__).parent, *self.hidden}):
            arguments += _hide(folder, seen | set(map(Path, _LIBRARIES)))
        arguments += ["--tmpfs", "/dev"]
        for device in _DEVICES:
            arguments += ["--dev-bind", device, device]
        arguments += ["--remount-ro", "/dev", "--proc", "/proc"]
        return [*arguments, "--remount-ro", "/"]

    def below_tmp(self) -> tuple[str, ...]:
        """What is seen of the host's /tmp, outermost first: each child covers /tmp by its own."""
        return tuple(str(path) for path in sorted(self._seen()) if path.is_relative_to("/tmp"))

    def _seen(self) -> set[Path]:
        return _python_folders() | {path.absolute() for path in self.read_only}


def _python_folders() -> set[Path]:
    """The folders of the running Python: the virtual environment's and the one it was made from."""
    named = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix)}
    executable = Path(os.path.realpath(sys.executable)).parent.parent
    return {folder for name in named for folder in (name, name.resolve())} | {executable}


def _library(path: Path) -> list[str]:
    if path.is_symlink():
        return ["--symlink", str(path.readlink()), str(path)]
    return ["--ro-bind", str(path), str(path)] if path.is_dir() else []


def _parents(paths: Iterable[Path]) -> list[str]:
    """Make the folders that lead to `paths`; bubblewrap by itself closes them to other users."""
    folders = {parent for path in paths for parent in path.parents if parent != Path("/")}
    return [word for folder in sorted(folders) for word in ("--dir", str(folder))]


def _hide(folder: Path, seen: set[Path]) -> list[str]:
    """Cover `folder` by an empty one wherever a seen folder would show it."""
    names = {path for path in (folder.absolute(), folder.resolve()) if path.is_dir()}
    visible = [path for path in sorted(names) if any(path.is_relative_to(s) for s in seen)]
    return [word for path in visible for word in ("--tmpfs", str(path), "--remount-ro", str(path))]


def _require_readable(folder: Path) -> None:
    """The worker has no privileges, so a folder of root's must be open to others."""
    mode = folder.stat().st_mode
    if os.geteuid() == 0 and not (mode & stat.S_IROTH and mode & stat.S_IXOTH):
        raise Unavailable(
            f"{folder} has mode {stat.S_IMODE(mode):o}, but the sandbox runs as an unprivileged "
            f"user and must read it: chmod 755 {folder}"
        )
