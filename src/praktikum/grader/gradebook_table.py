"""The gradebook as a table for the terminal.

On a wide terminal (100 columns) it says what lateness took, on a middling one (80) only what
each task brought, on a narrow one only the sum and the mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from praktikum.checks import Language, Text
from praktikum.course.calendar import Course
from praktikum.grader.gradebook import Row, TaskResult
from praktikum.grader.phrasing import number, printable, span

__all__ = ["gradebook_table", "mark_in_words"]

_WIDE, _MIDDLING = 100, 80  # columns of the terminal
_STUDENT = Text(ru="Студент", en="Student")
_SUM = Text(ru="Сумма", en="Sum")
_MARK = Text(ru="Оценка", en="Mark")
_LEGEND = Text(
    ru="5–7,5  часть баллов ещё впереди: их ставит человек, или задание ещё можно сдать",
    en="5–7.5  some points are still to come: given by hand, or the task can still be handed in",
)
_LATE = Text(ru="−2  снято за опоздание", en="−2  taken for lateness")
_LOOK = Text(
    ru="!  проверка не состоялась по нашей вине: посмотрите отчёт",
    en="!  a check went wrong through our fault: see the report",
)


def gradebook_table(rows: Iterable[Row], course: Course, language: Language, width: int) -> Table:
    """Return a Rich table of the rows that suits a terminal of ``width`` columns."""
    wide, middling = width >= _WIDE, width >= _MIDDLING
    table = Table(
        title=course.title[language],
        caption=_caption(course, language, wide),
        box=box.ROUNDED if wide else box.SIMPLE_HEAD,
        title_style="bold",
        title_justify="left",
        caption_justify="left",
        caption_style="dim",
    )
    table.add_column(_STUDENT[language], overflow="fold", min_width=8)
    for place, task in enumerate(course.tasks if middling else (), start=1):
        header = f"{place}\n{task.due:%d.%m}" if wide else str(place)
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column(_SUM[language], justify="right", no_wrap=True, style="bold")
    if wide:
        counts_from = number(course.rules.marks.task_counts_from, language)
        table.add_column(f"≥{counts_from}", justify="right", no_wrap=True)
    table.add_column(_MARK[language], no_wrap=True)
    for row in rows:
        table.add_row(*_cells(row, language, wide, middling))
    return table


def mark_in_words(row: Row, language: Language, between: str = " … ") -> str:
    """Return a student's mark, or the worst and the best that it may become."""
    if row.exact:
        return row.low.mark.mark[language]
    return f"{row.low.mark.mark[language]}{between}{row.high.mark.mark[language]}"


def _cells(row: Row, language: Language, wide: bool, middling: bool) -> Iterator[Styled | str]:
    yield Styled(printable(row.student))
    if middling:
        yield from (_task_cell(result, language, wide) for result in row.tasks)
    yield span(row.low.points, row.high.points, language)
    if wide:
        low, high = row.low.tasks, row.high.tasks
        yield str(low) if low == high else f"{low}–{high}"
    yield Styled(mark_in_words(row, language, " …\n"), style="" if row.exact else "yellow")


def _task_cell(result: TaskResult, language: Language, wide: bool) -> Styled:
    if not result.handed_in and not result.high.total:
        return Styled("—", style="dim")
    score = span(result.low.total, result.high.total, language)
    if not result.handed_in:
        return Styled(score, style="dim")
    cell = Styled(score, style="" if result.exact else "yellow")
    if wide and result.high.taken:
        taken = span(result.low.taken, result.high.taken, language)
        cell = Styled.assemble((f"−{taken}  ", "red"), cell)
    if result.tally and result.tally.errors:
        cell.append(" !", style="bold red")
    return cell


def _caption(course: Course, language: Language, wide: bool) -> str:
    if not wide:
        return _LEGEND[language]
    tasks = [f"{place}  {task.title[language]}" for place, task in enumerate(course.tasks, start=1)]
    return "\n".join([*tasks, _LEGEND[language], _LATE[language], _LOOK[language]])
