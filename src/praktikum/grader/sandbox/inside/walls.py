"""The inner walls: what a child does to itself before it runs a submission.

Order matters. The uid map is written while /proc is still there and the process is dumpable (else
its files in /proc belong to root); file systems are mounted while there are capabilities; the
filter comes last, because it forbids everything above.

Left out: cgroups. A child can't create processes, so limits on one process bound all of it.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from . import linux

_TMP_INODES = 4096
NEXT_TMP = "/sandbox/tmp"


@dataclass(frozen=True)
class Walls:
    """What a worker knows beforehand of the walls of all its children.

    owner:           the worker's user and group, which a fresh user namespace can't tell
    limits:          the numbers of the host's `Limits`
    baseline_bytes:  the address space that the preloaded libraries take
    below_tmp:       folders of the view that lie below /tmp, seen through each child's own
    program:         the compiled seccomp filter
    """

    owner: tuple[int, int]
    limits: Mapping[str, int]
    baseline_bytes: int
    below_tmp: Sequence[str]
    program: bytes
    namespaces: ClassVar[int] = sum(linux.NAMESPACES.values())

    def enter(self) -> None:
        """Put up all walls around this process, a fresh clone in its own namespaces.

        Raises OSError when any can't be put up: then nothing of the submission may run.
        """
        linux.set_dumpable(True)
        _map_user(*self.owner)
        linux.set_dumpable(False)
        _cover_writable_places(self.limits["tmp_bytes"], self.below_tmp)
        _set_limits(self.limits, self.baseline_bytes)
        # Counted per user namespace, hence per child (before Linux 5.14: per user of the machine).
        _lower(resource.RLIMIT_NPROC, self.limits["threads"])
        linux.drop_capabilities()
        linux.die_with_parent()
        linux.install_filter(self.program)


@dataclass(frozen=True)
class LimitsOnly:
    """What is left of the walls for trusted submissions: limits on each process."""

    limits: Mapping[str, int]
    baseline_bytes: int
    namespaces: ClassVar[int] = 0

    def enter(self) -> None:
        """Set the limits, and lead a process group, by which the worker ends what is left."""
        os.setsid()
        linux.die_with_parent()
        _set_limits(self.limits, self.baseline_bytes)


def _set_limits(limits: Mapping[str, int], baseline_bytes: int) -> None:
    """Set what one process may use, hard and soft limits alike.

    Address space, not data, is bounded: shared mappings count only there.
    """
    bounds = {
        resource.RLIMIT_AS: baseline_bytes + limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        _lower(kind, bound)


def _lower(kind: int, bound: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    resource.setrlimit(kind, (bound, bound))


def _map_user(uid: int, gid: int) -> None:
    """Make the worker's user and group the only ones that exist in this namespace."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _cover_writable_places(tmp_bytes: int, below_tmp: Sequence[str]) -> None:
    """Hide /proc and give the child its own /tmp; all else is mounted read-only already.

    The new /tmp is furnished at another place first, while the old one can still be seen.
    """
    quiet = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount_tmpfs("/proc", quiet | linux.MS_RDONLY, "size=4k,nr_inodes=1")
    options = f"size={tmp_bytes},nr_inodes={_TMP_INODES},mode=0700"
    linux.mount_tmpfs(NEXT_TMP, quiet, options)
    for path in below_tmp:
        place = Path(NEXT_TMP) / Path(path).relative_to("/tmp")
        if Path(path).is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        linux.bind(path, str(place))
    linux.move_mount(NEXT_TMP, "/tmp")
    os.chdir("/tmp")
