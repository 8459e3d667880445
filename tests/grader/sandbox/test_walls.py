"""Adversaries: each tries to reach past its walls, in a real sandbox."""

from __future__ import annotations

import json
import platform
from pathlib import Path

import pytest

from praktikum.grader.sandbox import View

REPOSITORY = Path(__file__).parents[3]
PREAMBLE = "import ctypes, os, socket; libc = ctypes.CDLL(None, use_errno=True); "
x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="its system call numbers")


def denied(name: str, arguments: str = "") -> str:
    """Code whose answer is the errno of a C library call, or 0 when the call succeeds."""
    return f"{PREAMBLE}answer = ctypes.get_errno() if libc.{name}({arguments}) < 0 else 0"


@pytest.mark.parametrize(
    "code",
    [
        "socket.socket(socket.AF_INET)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
        "socket.create_connection(('127.0.0.1', 22))",
        "os.fork() or os._exit(0)",
        "os.posix_spawn('/bin/sh', ['sh'], {})",
        "os.execv('/proc/self/exe', ['python'])",
        "import subprocess; subprocess.run(['true'])",
        "os.setuid(0)",
        "os.setgroups([])",
        "os.kill(1, 9)",
        "os.mkfifo('/tmp/fifo')",
        "os.chroot('/tmp')",
        "os.memfd_create('hidden')",
    ],
)
def test_python_says_not_permitted(run, code):
    assert run(PREAMBLE + code) in (b'"PermissionError"', b'"FileNotFoundError"')


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("unshare", "0x10000000"),
        ("mount", "b'none', b'/tmp', b'tmpfs', 0, b''"),
        ("umount2", "b'/proc', 2"),
        ("ptrace", "0, 0, 0, 0"),
        ("process_vm_readv", "1, 0, 0, 0, 0, 0"),
        ("setns", "0, 0"),
        ("shmget", "0, 4096, 0o1600"),
        ("mq_open", "b'/queue', 0o102, 0o600, 0"),
        ("personality", "0"),
        ("kill", "-1, 0"),
        ("prctl", "1, 0, 0, 0, 0"),
        ("syscall", "425, 8, 0"),  # io_uring_setup
        ("syscall", "424, 0, 0, 0, 0"),  # pidfd_send_signal
        ("syscall", "434, 1, 0"),  # pidfd_open
        ("syscall", "444, 0, 0, 1"),  # landlock_create_ruleset
    ],
)
def test_a_system_call_is_not_permitted(run, name, arguments):
    assert run(denied(name, arguments)) == b"1"  # EPERM


@x86_64
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(321, id="bpf"),
        pytest.param(323, id="userfaultfd"),
        pytest.param(250, id="keyctl"),
        pytest.param(322, id="execveat"),
    ],
)
def test_a_system_call_without_a_function_is_not_permitted(run, number):
    assert run(denied("syscall", f"{number}, 0, 0, 0, 0")) == b"1"  # EPERM


def test_clone3_is_missing_so_that_the_library_asks_clone(run):
    assert run(denied("syscall", "435, 0, 0")) == b"38"  # ENOSYS


@x86_64
@pytest.mark.parametrize("flags", ["17", "0x10000000 | 17", "0x20000000 | 0x10000"])
def test_clone_makes_nothing_but_threads(run, flags):
    assert run(denied("syscall", f"56, {flags}, 0, 0, 0, 0")) == b"1"


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/etc/shadow", "/home", "/proc/1/environ", "/sys", "/bin/sh", "/dev/shm"],
)
def test_the_system_is_not_visible(run, path):
    assert run(f"import os; answer = os.path.lexists({path!r})") == b"false"


@pytest.mark.parametrize("path", [".git", "src", "content", "pyproject.toml"])
def test_the_repository_is_not_visible(run, path):
    assert (REPOSITORY / path).exists() or path == ".git"
    assert run(f"import os; answer = os.path.exists({str(REPOSITORY / path)!r})") == b"false"


def test_processes_are_not_visible(run):
    assert run("import os; answer = [os.listdir('/proc'), os.getpid(), os.getppid()]") == (
        b"[[], 1, 0]"
    )


@pytest.mark.parametrize("call", ["os.kill(-1, 9)", "os.kill(1, 9)", "os.killpg(0, 9)"])
def test_signals_reach_nobody(worker, run, call):
    with worker.open() as other:
        # Never without the check of the first line: a broken wall must not kill the developer.
        run(f"import os\nassert os.getpid() == 1\n{call}")
        assert other.ask(b"answer = 'alive'") == b'"alive"'


@pytest.mark.parametrize(
    "folder", ["/", "/proc", "/dev", "/edition", "/sandbox/inside", "/usr/lib", "/etc"]
)
def test_only_tmp_can_be_written(run, folder):
    answer = run(f"open({folder + '/planted'!r}, 'w')")
    assert answer in (b'"OSError"', b'"PermissionError"', b'"FileNotFoundError"')


def test_python_itself_cannot_be_written(run):
    answer = run("import os; open(os.__file__, 'a')")
    assert answer in (b'"OSError"', b'"PermissionError"')


def test_tmp_is_not_shared_between_sessions(worker):
    with worker.open() as first, worker.open() as second:
        assert first.ask(b"open('/tmp/planted', 'w').close()") == b"null"
        seen = json.loads(second.ask(b"import os; answer = os.listdir('/tmp')"))
        assert "planted" not in seen  # a Python that lies below /tmp is seen there


def test_the_user_is_nobody_and_has_no_capabilities(run):
    code = (
        f"{PREAMBLE}header = (ctypes.c_uint32 * 2)(0x20080522, 0); "
        "sets = (ctypes.c_uint32 * 6)(); libc.capget(header, sets); "
        "answer = [os.getuid() > 0, os.getgid() > 0, os.getgroups(), sum(sets)]"
    )
    uid, gid, groups, capabilities = json.loads(run(code))
    assert uid
    assert gid
    assert set(groups) <= {65534}  # what the kernel calls a group of outside
    assert capabilities == 0


def test_only_the_channel_and_dev_null_are_open(run):
    code = (
        "import os\nanswer = []\nfor fd in range(32):\n"
        "  try: answer.append([fd, os.fstat(fd).st_rdev])\n  except OSError: pass"
    )
    null = Path("/dev/null").stat().st_rdev
    assert json.loads(run(code)) == [[0, null], [1, null], [2, null], [3, 0]]


def test_what_is_printed_goes_nowhere(run, capfd):
    run("import os\nfor _ in range(2000): os.write(1, bytes(2**20)); os.write(2, bytes(2**20))")
    assert capfd.readouterr() == ("", "")


def test_no_variable_of_the_host_is_visible(isolated, edition, monkeypatch):
    monkeypatch.setenv("SECRET", "42")
    with isolated(View(edition), "handlers:run") as worker, worker.open() as session:
        names = json.loads(session.ask(b"import os; answer = sorted(os.environ)"))
    assert "SECRET" not in names
    assert {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"} <= set(names)
