"""The system calls that Python has no function for: clone3, mount, prctl, capset, seccomp.

Sources: clone(2), mount(2), prctl(2), capabilities(7), seccomp(2), user_namespaces(7).
"""

from __future__ import annotations

import ctypes
import os
import signal

SYS_CLONE3 = 435  # the same on every architecture: all system calls since 424 are

CLONE_PIDFD = 0x0000_1000
CLONE_CHILD_CLEARTID = 0x0020_0000
CLONE_CHILD_SETTID = 0x0100_0000
NAMESPACES = {
    "mount": 0x0002_0000,
    "cgroup": 0x0200_0000,
    "uts": 0x0400_0000,
    "ipc": 0x0800_0000,
    "user": 0x1000_0000,
    "pid": 0x2000_0000,
    "net": 0x4000_0000,
}

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
_MS_BIND, _MS_MOVE, _MS_REC = 0x1000, 0x2000, 0x4000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_TID_ADDRESS = 40
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x2008_0522

# PyDLL keeps the interpreter lock, so a clone is taken while no Python code can move.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class _CloneArgs(ctypes.Structure):
    """`struct clone_args`, its first version (64 bytes)."""

    _fields_ = tuple(
        (name, ctypes.c_uint64)
        for name in (
            "flags",
            "pidfd",
            "child_tid",
            "parent_tid",
            "exit_signal",
            "stack",
            "stack_size",
            "tls",
        )
    )


class _FilterProgram(ctypes.Structure):
    """`struct sock_fprog`: instructions of 8 bytes each."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def clone(namespaces: int) -> tuple[int, int]:
    """(pid, pidfd) of a copy of this process in new namespaces; (0, -1) in the copy.

    Only a process of one thread may call it. Unlike `os.fork` it runs no pthread_atfork handlers.
    glibc's record of the thread's id is kept true, as fork does it: with a stale id, a recursive
    lock held by the first thread could be taken again by a later one of that number.

    Raises OSError, in the parent only.
    """
    thread_id = ctypes.c_void_p()
    _prctl(_PR_GET_TID_ADDRESS, ctypes.addressof(thread_id))
    pidfd = ctypes.c_int(-1)
    args = _CloneArgs(
        flags=namespaces | CLONE_PIDFD | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
        pidfd=ctypes.addressof(pidfd),
        child_tid=thread_id.value,
        exit_signal=signal.SIGCHLD,
    )
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = _libc.syscall(
        ctypes.c_long(SYS_CLONE3), ctypes.byref(args), ctypes.c_size_t(ctypes.sizeof(args))
    )
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0, -1
    error = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(error, f"clone3: {os.strerror(error)}")
    return pid, pidfd.value


def mount_tmpfs(target: str, flags: int, options: str) -> None:
    """Cover `target` with an empty file system in memory."""
    _check(
        "mount",
        _libc.mount(b"tmpfs", target.encode(), b"tmpfs", ctypes.c_ulong(flags), options.encode()),
    )


def bind(source: str, target: str) -> None:
    """Show `source`, and all that is mounted below it, at `target` too."""
    flags = ctypes.c_ulong(_MS_BIND | _MS_REC)
    _check("mount", _libc.mount(source.encode(), target.encode(), None, flags, None))


def move_mount(source: str, target: str) -> None:
    """Move a mounted file system from `source` to `target`, with all that is mounted below it."""
    flags = ctypes.c_ulong(_MS_MOVE)
    _check("mount", _libc.mount(source.encode(), target.encode(), None, flags, None))


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def set_dumpable(dumpable: bool) -> None:
    """Whether processes of the same user may trace this one and own its files in /proc."""
    _prctl(_PR_SET_DUMPABLE, int(dumpable))


def drop_capabilities() -> None:
    """Give up every capability, and the means to gain one."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check("capset", _libc.capset(header, nothing))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def install_filter(program: bytes) -> None:
    """Allow from now on only the system calls that a compiled BPF program allows."""
    code = ctypes.create_string_buffer(program, len(program))
    filter_program = _FilterProgram(len(program) // 8, ctypes.addressof(code))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(filter_program))


def _prctl(option: int, first: int, second: int = 0) -> None:
    arguments = (ctypes.c_ulong(value) for value in (first, second, 0, 0))
    _check(f"prctl({option})", _libc.prctl(ctypes.c_int(option), *arguments))


def _check(call: str, result: int) -> None:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{call}: {os.strerror(error)}")
