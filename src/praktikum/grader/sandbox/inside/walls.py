"""The inner walls: what a child does to itself before it runs a submission.

Order matters. The uid map is written while /proc is still there and the process is dumpable (else
its files in /proc belong to root); file systems are mounted while there are capabilities; the
filter comes last, because it forbids everything above.

Left out: cgroups. A child can't create processes, so limits on one process bound all of it.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Mapping
from pathlib import Path

from . import linux

JOB_DESCRIPTOR = 3
_TMP_INODES = 4096


def enter(
    job: int,
    owner: tuple[int, int],
    limits: Mapping[str, int],
    baseline_bytes: int,
    program: bytes,
) -> None:
    """Put up all walls around this process, a fresh clone in its own namespaces.

    `job` is the descriptor of the session, which becomes `JOB_DESCRIPTOR`, the only one kept
    beside /dev/null; `owner` the worker's user and group, which a fresh user namespace can no
    longer tell; `baseline_bytes` the address space that the libraries take; `program` the
    compiled seccomp filter.

    Raises OSError when any wall can't be put up: then nothing of the submission may run.
    """
    keep_only(job)
    linux.set_dumpable(True)
    _map_user(*owner)
    linux.set_dumpable(False)
    _cover_writable_places(limits["tmp_bytes"])
    set_limits(limits, baseline_bytes)
    linux.drop_capabilities()
    linux.die_with_parent()
    linux.install_filter(program)


def keep_only(job: int) -> None:
    """Close every descriptor but 0, 1, 2 and the session's, moved to `JOB_DESCRIPTOR`."""
    if job != JOB_DESCRIPTOR:
        os.dup2(job, JOB_DESCRIPTOR)
    os.closerange(JOB_DESCRIPTOR + 1, os.sysconf("SC_OPEN_MAX"))


def set_limits(limits: Mapping[str, int], baseline_bytes: int) -> None:
    """Set this process's resource limits, hard and soft alike.

    Address space, not data, is bounded: shared mappings count only there.
    """
    bounds = {
        resource.RLIMIT_AS: baseline_bytes + limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_NPROC: limits["threads"],
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            bound = min(bound, hard)
        resource.setrlimit(kind, (bound, bound))


def _map_user(uid: int, gid: int) -> None:
    """Make the worker's user and group the only ones that exist in this namespace."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _cover_writable_places(tmp_bytes: int) -> None:
    """Hide /proc and give the child its own /tmp; all else is mounted read-only already."""
    quiet = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount_tmpfs("/proc", quiet | linux.MS_RDONLY, "size=4k,nr_inodes=1")
    linux.mount_tmpfs("/tmp", quiet, f"size={tmp_bytes},nr_inodes={_TMP_INODES},mode=0700")
    os.chdir("/tmp")
