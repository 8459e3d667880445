"""Which system calls may be made: two allow-lists, compiled by libseccomp.

`compile_child_filter` binds a submission: memory, threads, its own files in /tmp, time. It can't
start a process or a program, open a socket, or change a namespace. `compile_worker_filter` binds
the worker around it, which must also make children and let them put up their walls.
What is on no list answers EPERM.

Source: seccomp(2), seccomp_rule_add(3).
"""

from __future__ import annotations

import errno
import tempfile
from typing import TYPE_CHECKING

from praktikum.grader.sandbox.inside.linux import NAMESPACES

if TYPE_CHECKING:
    from pyseccomp import SyscallFilter

_MEMORY = "brk madvise mincore mmap mprotect mremap msync munmap"
_FILES = """
    access chdir chmod close close_range copy_file_range creat dup dup2 dup3 epoll_create
    epoll_create1 epoll_ctl epoll_pwait epoll_wait eventfd2 faccessat faccessat2 fadvise64 fallocate
    fchdir fchmod fchmodat fdatasync flock fstat fstatfs fsync ftruncate getcwd getdents getdents64
    link linkat lseek lstat mkdir mkdirat newfstatat open openat openat2 pipe pipe2 poll ppoll
    pread64 preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read readlink readlinkat readv rename
    renameat renameat2 rmdir select sendfile stat statfs statx symlink symlinkat truncate umask
    unlink unlinkat utime utimensat utimes write writev
"""
_THREADS = """
    arch_prctl exit exit_group futex futex_waitv get_robust_list membarrier restart_syscall rseq
    sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getparam
    sched_getscheduler sched_yield set_robust_list set_tid_address
"""
_SIGNALS = """
    alarm getitimer pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend
    rt_sigtimedwait setitimer sigaltstack tgkill
"""
_TIME = "clock_getres clock_gettime clock_nanosleep gettimeofday nanosleep time times"
_SELF = """
    capget getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid getpriority
    getrandom getresgid getresuid getrlimit getrusage getsid gettid getuid prlimit64 setrlimit
    sysinfo uname wait4 waitid
"""
_CHILD = " ".join((_MEMORY, _FILES, _THREADS, _SIGNALS, _TIME, _SELF))

_WORKER = """
    capset clone clone3 execve fork kill mount pidfd_open prctl recvmsg recvfrom seccomp sendmsg
    sendto getsockopt getsockname getpeername setgid setgroups setresgid setresuid setsid setuid
    sched_setaffinity fcntl ioctl vfork
"""

_CLONE_THREAD = 0x0001_0000
_F_SETPIPE_SZ = 1031
_TERMINAL_AND_QUEUE_SIZE = (0x5401, 0x541B)  # TCGETS (isatty), FIONREAD
_CLOSE_ON_EXEC_AND_BLOCKING = (0x5450, 0x5451, 0x5421)  # FIONCLEX, FIOCLEX, FIONBIO
_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA = 15, 16, 0x53564D41


def compile_child_filter() -> bytes:
    """The BPF program that a child installs before it runs a submission."""
    from pyseccomp import ALLOW, EQ, ERRNO, MASKED_EQ, NE, Arg

    rules = _deny_unless(_CHILD)
    new_namespaces = sum(NAMESPACES.values())
    thread_only = Arg(0, MASKED_EQ, _CLONE_THREAD | new_namespaces, _CLONE_THREAD)
    rules.add_rule(ALLOW, "clone", thread_only)
    # glibc asks clone3 first, whose flags a filter can't see; told it is missing, it asks clone.
    rules.add_rule(ERRNO(errno.ENOSYS), "clone3")
    rules.add_rule(ALLOW, "fcntl", Arg(1, NE, _F_SETPIPE_SZ))
    for request in _TERMINAL_AND_QUEUE_SIZE + _CLOSE_ON_EXEC_AND_BLOCKING:
        rules.add_rule(ALLOW, "ioctl", Arg(1, EQ, request))
    for option in (_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA):
        rules.add_rule(ALLOW, "prctl", Arg(0, EQ, option))
    return _export(rules)


def compile_worker_filter() -> bytes:
    """The BPF program that bubblewrap installs before it starts the worker."""
    return _export(_deny_unless(_CHILD + _WORKER))


def _deny_unless(allowed: str) -> SyscallFilter:
    from pyseccomp import ALLOW, ERRNO, Arch, SyscallFilter, resolve_syscall

    rules = SyscallFilter(ERRNO(errno.EPERM))
    for name in sorted(set(allowed.split())):
        number = resolve_syscall(Arch.NATIVE, name)
        if number >= 0:  # negative: not a system call of this architecture
            rules.add_rule(ALLOW, number)
    return rules


def _export(rules: SyscallFilter) -> bytes:
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
