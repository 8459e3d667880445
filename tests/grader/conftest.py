"""Workers that grade the toy task, isolated and trusted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from praktikum.course.content import Content, open_content
from praktikum.course.notebook import code_cells
from praktikum.course.pack import Pack, pack_unit
from praktikum.grader.class_grading import edition_of, open_workers
from praktikum.grader.grading import Graded, grade
from praktikum.grader.sandbox.availability import why_unavailable
from praktikum.grader.sandbox.worker import Worker
from praktikum.grader.submission import Cell, Submission

TOY = Path(__file__).parents[1] / "toy_course" / "course.toml"


@pytest.fixture(scope="session")
def toy_content() -> Content:
    return open_content(TOY)


@pytest.fixture(scope="session")
def toy_pack(toy_content: Content) -> Pack:
    return pack_unit(toy_content.unit("t1_toy"))


@pytest.fixture(scope="session")
def solved(toy_pack: Pack) -> tuple[str, ...]:
    return code_cells(toy_pack.unit, solved=True)


@pytest.fixture(scope="session")
def sandbox(toy_content: Content, toy_pack: Pack) -> Iterator[Worker]:
    """One isolated worker for all tests of a run; each submission has its own child anyway."""
    if why := why_unavailable():
        pytest.skip(f"no sandbox here: {why}")
    with (
        edition_of(toy_content.units.values()) as edition,
        open_workers(toy_pack, edition, 1) as workers,
    ):
        yield workers[0]


class Grader:
    """Grades cells, by default after those of the solved notebook."""

    def __init__(self, pack: Pack, solved: tuple[str, ...], worker: Worker) -> None:
        self.pack, self.solved, self.worker = pack, solved, worker

    def __call__(self, *cells: str, solved: bool = True, wall_seconds: float = 60.0) -> Graded:
        sources = (*self.solved, *cells) if solved else cells
        numbered = tuple(Cell(number, source) for number, source in enumerate(sources, start=1))
        digest = hashlib.sha256("\0".join(sources).encode()).hexdigest()
        submission = Submission(Path("toy.ipynb"), digest, numbered, None)
        return grade(self.pack, submission, self.worker, lambda _check: 77, wall_seconds)


@pytest.fixture
def grader(toy_pack: Pack, solved: tuple[str, ...], sandbox: Worker) -> Grader:
    return Grader(toy_pack, solved, sandbox)
