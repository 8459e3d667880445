"""The proof that a unit's checks are worth their points.

The reference earns everything, the notebook as it is given earns nothing, and each known mistake
fails exactly the checks that it says; each check is failed by some mistake. It goes the way of a
real submission, beside the edition of the library that students have, but without isolation,
since the code is the author's own. What predictions earn is proved by `prediction_proofs`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from praktikum.checks import Status, Verdict
from praktikum.course.mutants import mutants_of
from praktikum.course.notebook import code_cells
from praktikum.course.pack import PUBLIC_SEED, pack_unit
from praktikum.course.unit import Unit
from praktikum.grader.class_grading import edition_of, open_workers
from praktikum.grader.grading import grade
from praktikum.grader.prediction_proofs import prove_predictions
from praktikum.grader.submission import Cell, Submission

__all__ = ["Finding", "verify_unit"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one variant of a submission showed; ``problems`` is empty where all is as it must be."""

    unit: str
    variant: str
    problems: tuple[str, ...]


def verify_unit(
    unit: Unit, all_units: Iterable[Unit], seeds: Sequence[int] = (PUBLIC_SEED, 1)
) -> Iterator[Finding]:
    """Yield a finding for the reference, the blank, each mutant, all of them, and predictions.

    Raises:
        PackError, CheckError, CourseError, HoleError, SourceError: the unit cannot be built.
    """
    pack = pack_unit(unit)
    solved, everything = code_cells(unit, solved=True), frozenset(pack.checks)
    mutants = mutants_of(unit)
    with edition_of(all_units) as edition, open_workers(pack, edition, 1, trusted=True) as workers:

        def failed(cells: Sequence[str], seed: int) -> tuple[Verdict, ...]:
            return grade(pack, _submission(cells), workers[0], lambda _check: seed).verdicts

        for seed in seeds:
            verdicts = failed(solved, seed)
            yield _finding(unit, f"reference, seed {seed}", verdicts, frozenset())
        yield _finding(unit, "blank", failed(code_cells(unit), seeds[0]), everything, lenient=True)
        for mutant in mutants:
            verdicts = failed(mutant.apply(solved), seeds[0])
            yield _finding(unit, f"mutant {mutant.name}", verdicts, mutant.fails)
    noticed = frozenset().union(*(mutant.fails for mutant in mutants))
    unproved = [f"{name} is failed by no mutant" for name in pack.checks if name not in noticed]
    unknown = [f"FAILS names {name}, which is no check" for name in sorted(noticed - everything)]
    yield Finding(unit.id, "mutants together", (*unproved, *unknown))
    for variant, problems in prove_predictions(unit, seeds[0]):
        yield Finding(unit.id, variant, problems)


def _finding(
    unit: Unit,
    variant: str,
    verdicts: Iterable[Verdict],
    fails: frozenset[str],
    *,
    lenient: bool = False,
) -> Finding:
    """Return how the verdicts differ from exactly ``fails`` failing; a blocked check has failed.

    Where one mistake is made, a check that another one blocks is not the one that noticed it;
    ``lenient`` counts it as noticed.
    """
    problems: list[str] = []
    for verdict in verdicts:
        should_fail = verdict.check in fails
        if verdict.status is Status.ERROR:
            problems.append(f"{verdict.check}: an error of ours: {verdict.detail}")
        elif should_fail and verdict.passed:
            problems.append(f"{verdict.check} passed and should not")
        elif should_fail and verdict.status is Status.BLOCKED and not lenient:
            problems.append(f"{verdict.check} was blocked by {verdict.detail} and should fail")
        elif verdict.status is Status.FAILED and not should_fail:
            seen = f"{verdict.where}: got {verdict.got}, expected {verdict.expected}"
            problems.append(f"{verdict.check} failed: {verdict.reason} {seen} {verdict.detail}")
    return Finding(unit.id, variant, tuple(problems))


def _submission(cells: Sequence[str]) -> Submission:
    digest = hashlib.sha256("\0".join(cells).encode()).hexdigest()
    numbered = tuple(Cell(number, source) for number, source in enumerate(cells, start=1))
    return Submission(Path("notebook.ipynb"), digest, numbered, None)
