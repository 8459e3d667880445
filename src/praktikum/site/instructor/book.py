"""The gradebook as its reader wants it: sorted by a column, with the rows that are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from praktikum.grader.gradebook import Row, TaskResult
from praktikum.site.people.models import User

__all__ = ["SHOWN", "Book", "Query", "Shown"]

Shown = Literal["all", "missing", "pending", "late", "errors"]
SHOWN: tuple[Shown, ...] = ("all", "missing", "pending", "late", "errors")
Book = list[tuple[User, Row]]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the gradebook; anything unknown in an address means the default.

    Attributes:
        sort: ``name``, ``points``, ``mark``, or a task's id.
        descending: the greatest first.
        named: letters that a name or a sign-in name must contain.
        shown: rows with a task, of those given out by now, that was not handed in, has points
            that are still to come, was late, or has an error of ours; or all of them.
        task: the task that ``shown`` is about; empty: any.
    """

    sort: str = "name"
    descending: bool = False
    named: str = ""
    shown: Shown = "all"
    task: str = ""

    @classmethod
    def of(cls, given: Any, tasks: Sequence[str]) -> Query:
        """Return the query of an address's parameters, a mapping of strings."""
        sort = given.get("sort", "name")
        shown = given.get("shown", "all")
        task = given.get("task", "")
        return cls(
            sort=sort if sort in ("points", "mark", *tasks) else "name",
            descending=given.get("down") == "1",
            named=given.get("named", "").strip()[:100],
            shown=next((each for each in SHOWN if each == shown), "all"),
            task=task if task in tasks else "",
        )

    def apply(self, book: Book, now: dt.datetime) -> Book:
        """Return the rows that are asked for, in the order that is asked for."""
        kept = [
            (user, row) for user, row in book if self._is_named(user) and self._is_shown(row, now)
        ]
        return sorted(kept, key=self._key(), reverse=self.descending)

    def _is_named(self, user: User) -> bool:
        wanted = self.named.casefold()
        return wanted in user.name.casefold() or wanted in user.username.casefold()

    def _is_shown(self, row: Row, now: dt.datetime) -> bool:
        issued = (each for each in row.tasks if each.task.issued <= now)
        results = (each for each in issued if self.task in ("", each.task.id))
        return self.shown == "all" or any(map(_TESTS[self.shown], results))

    def _key(self) -> Callable[[tuple[User, Row]], Any]:
        match self.sort:
            case "name":
                return lambda line: (line[0].name.casefold(), line[0].username)
            case "points":
                return lambda line: (line[1].low.points, line[1].high.points)
            case "mark":
                # The scale goes from the best mark down.
                return lambda line: (
                    (line[1].low.mark.points, line[1].low.mark.tasks),
                    line[1].low.points,
                )
            case task:
                return lambda line: _score_at(line[1].tasks, task)


def _score_at(results: Iterable[TaskResult], task: str) -> tuple[Any, ...]:
    [result] = [each for each in results if each.task.id == task]
    return result.handed_in, result.low.total, result.high.total


_TESTS: dict[Shown, Callable[[TaskResult], bool]] = {
    "missing": lambda result: not result.handed_in,
    "pending": lambda result: result.handed_in and not result.exact,
    "late": lambda result: result.handed_in and bool(result.low.days),
    "errors": lambda result: result.tally is not None and bool(result.tally.errors),
}
