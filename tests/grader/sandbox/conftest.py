"""A made-up edition whose one handler runs whatever code it is asked to, and real workers on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from praktikum.grader.sandbox import Limits, View, Worker, why_unavailable

MIB = 2**20
LIMITS = Limits(
    memory_bytes=256 * MIB,
    cpu_seconds=2,
    wall_seconds=10,
    submission_wall_seconds=30,
    file_bytes=2 * MIB,
    tmp_bytes=4 * MIB,
    threads=8,
    open_files=32,
    result_bytes=MIB,
)
HANDLER = '''
import json

def run(channel):
    """Run each request as code and answer with the JSON of its `answer`."""
    while (code := channel.receive()) is not None:
        space = {}
        try:
            exec(code.decode(), space)
            answer = space.get("answer")
        except OSError as error:
            answer = type(error).__name__
        channel.send(json.dumps(answer).encode())

def hog(channel):
    """Let MemoryError out."""
    blocks = [bytearray(2**24) for _ in range(64)]
'''

Run = Callable[[str], bytes]


@pytest.fixture(scope="session")
def isolated() -> type[Worker]:
    """The real worker; where isolation cannot be had, skip with the reason a user would read."""
    reason = why_unavailable()
    if reason is not None:
        pytest.skip(reason)
    return Worker


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition")
    folder.chmod(0o755)
    (folder / "handlers.py").write_text(HANDLER)
    package = folder / "praktikum"
    package.mkdir(mode=0o755)
    (package / "__init__.py").write_text("edition = 'student'\n")
    return folder


@pytest.fixture(scope="session")
def limits() -> Limits:
    return LIMITS


@pytest.fixture(scope="module")
def worker(isolated: type[Worker], edition: Path, limits: Limits) -> Iterator[Worker]:
    """A worker without libraries: adversaries need only the standard one."""
    with isolated(View(edition), "handlers:run", limits) as started:
        yield started


@pytest.fixture
def run(worker: Worker) -> Run:
    """Run code in a fresh session; the JSON of its `answer`, or the name of its OSError."""

    def run_once(code: str) -> bytes:
        with worker.open() as session:
            return session.ask(code.encode())

    return run_once
