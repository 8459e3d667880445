"""Whose predictions reached what: each student's best, from the best on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from praktikum.checks import Text
from praktikum.grader.facts import Attempt, Measured

__all__ = ["Place", "leaderboard"]


@dataclass(frozen=True, slots=True)
class Place:
    """One student's place, the best predictions of all attempts; equal ones share a place."""

    number: int
    student: str
    pseudonym: Text
    measured: Measured


def leaderboard(
    attempts: Iterable[Attempt], names: dict[str, Text], among: Collection[str]
) -> list[Place]:
    """Return the places of those students of ``among`` whose predictions were measured, best first.

    Args:
        attempts: all attempts at the task.
        names: the pseudonym of each student.
        among: the students of the class.
    """
    best: dict[str, Measured] = {}
    for attempt in attempts:
        if attempt.measured is None or attempt.student not in among:
            continue
        held = best.get(attempt.student)
        if held is None or attempt.measured.value > held.value:
            best[attempt.student] = attempt.measured
    better = sorted(measured.value for measured in best.values())
    places = [
        Place(
            1 + sum(value > measured.value for value in better), student, names[student], measured
        )
        for student, measured in best.items()
    ]
    return sorted(places, key=lambda place: (place.number, place.pseudonym.en))
