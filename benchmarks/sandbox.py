"""What the sandbox costs: a session, a class of sessions, and each wall.

    python benchmarks/sandbox.py [--libraries numpy scipy.optimize] [--rounds 60]

A session is: open a fresh child, ask one question, close. The cost of a wall is the time of a
clone that has it less that of a bare clone, from a process with the same libraries loaded; rounds
are interleaved, and the median is shown.
"""

from __future__ import annotations

import argparse
import importlib
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: its threads break clones
os.environ.setdefault("OMP_NUM_THREADS", "1")

from praktikum.grader.sandbox import TrustedWorker, View, Worker
from praktikum.grader.sandbox import inside as inside_package
from praktikum.grader.sandbox.inside import linux

ECHO = "inside.echo:serve"
EDITION = Path(inside_package.__file__).parent


def milliseconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def session_of(worker: Worker) -> Callable[[], object]:
    def session() -> None:
        with worker.open() as opened:
            opened.ask(b"ping")

    return session


def clone_of(namespaces: int) -> Callable[[], object]:
    def clone() -> None:
        pid, pidfd = linux.clone(namespaces)
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        os.close(pidfd)

    return clone


def interleaved(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median milliseconds of each call over `rounds` rounds of all of them."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(milliseconds(call))
    return {name: statistics.median(values) for name, values in times.items()}


def measure_sessions(libraries: tuple[str, ...], rounds: int) -> None:
    view = View(EDITION, preload=libraries)
    start = time.perf_counter()
    with Worker(view, ECHO) as isolated, TrustedWorker(view, ECHO) as trusted:
        isolated.open().close()
        print(f"worker ready, with {' '.join(libraries)}: {time.perf_counter() - start:.2f} s")
        trusted.open().close()
        calls = {"isolated": session_of(isolated), "trusted": session_of(trusted)}
        for name, median in interleaved(calls, rounds).items():
            print(f"{name:>10} session {median:6.2f} ms, {1000 / median:5.0f} a second")


def measure_walls(libraries: tuple[str, ...], rounds: int) -> None:
    for library in libraries:
        importlib.import_module(library)
    user = linux.NAMESPACES["user"]
    calls = {"no namespace": clone_of(0), "user": clone_of(user)}
    for name, flag in linux.NAMESPACES.items():
        calls[name] = clone_of(user | flag)
    calls["all"] = clone_of(sum(linux.NAMESPACES.values()))
    for name, median in interleaved(calls, rounds).items():
        print(f"{name:>14} clone {median:6.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--libraries", nargs="*", default=["numpy", "scipy.optimize"])
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    libraries = tuple(options.libraries)
    measure_sessions(libraries, options.rounds)
    measure_walls(libraries, options.rounds)


if __name__ == "__main__":
    main()
