"""The gradebook: scores and marks worked out by hand, ranges while something is pending."""

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from praktikum.checks import Check, Reason, Status, Text, Verdict
from praktikum.course.calendar import read_course
from praktikum.course.unit import Part, Unit
from praktikum.grader.facts import Attempt, Extension, HandPoints, OutsideScore
from praktikum.grader.gradebook import Ledger, gradebook
from praktikum.grader.gradebook_files import gradebook_csv, gradebook_json
from praktikum.grader.gradebook_table import gradebook_table
from praktikum.grader.tally import CheckedUnit

COURSE = read_course(Path(__file__).parents[2] / "content" / "course.toml")
MOSCOW = ZoneInfo("Europe/Moscow")
T1, T2, T3, T4 = (task.id for task in COURSE.tasks)
END = dt.datetime(2024, 1, 1, tzinfo=MOSCOW)
D = Decimal


def make_check(name: str, part: str, points: str) -> Check:
    text = Text("да", "yes")
    return Check(name, part, D(points), (), 10.0, text, None, lambda _sub, _rng: {})


NAME = Text("Часть", "Part")
PARTS = (
    Part("network", NAME, D(6)),
    Part("theory", NAME, D(3), by_hand=D(3)),
    Part("plots", NAME, D(1), by_hand=D("0.5")),
    Part("bonus", NAME, D(2), bonus=True),
)
UNIT = Unit(T1, Path(T1), NAME, (), (), (), T1, PARTS)
CHECKS = (
    make_check("relu", "network", "2.5"),
    make_check("dense", "network", "3.5"),
    make_check("depth", "plots", "0.5"),
    make_check("dropout", "bonus", "2"),
)
UNITS = {T1: CheckedUnit(UNIT, CHECKS)}
PASSED = {check.name: Verdict(check.name, Status.PASSED) for check in CHECKS}
HAND = (HandPoints("Анна", T1, "theory", D("2.5")), HandPoints("Анна", T1, "plots", D("0.5")))


def march(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2023, 3, day, hour, tzinfo=MOSCOW)


EARLY = march(10)


def attempt(*verdicts: Verdict, received=EARLY, student="Анна", digest="a") -> Attempt:
    found = PASSED | {verdict.check: verdict for verdict in verdicts}
    return Attempt(student, T1, received, digest * 64, "a.ipynb", tuple(found.values()))


def failed(check: str, reason: Reason = Reason.VALUE) -> Verdict:
    return Verdict(check, Status.FAILED, reason)


def row_of(*attempts: Attempt, course=COURSE, now=END, **facts):
    [row] = gradebook(Ledger(course, UNITS, now, **facts), attempts)
    return row


def totals(result):
    return result.low.total, result.high.total


def test_points_come_from_checks_and_from_people():
    row = row_of(attempt(failed("relu")), hand_points=HAND)
    earned = {part.part.id: part.earned for part in row.tasks[0].tally.parts}
    assert earned == {"network": D("3.5"), "theory": D("2.5"), "plots": D(1), "bonus": D(2)}
    assert totals(row.tasks[0]) == (D("9"), D("9"))


def test_a_part_earns_no_more_than_it_has():
    given = (HandPoints("Анна", T1, "network", D("2.5"), "relu is right after all"),)
    for verdicts in ([failed("relu")], []):  # the check passes when it is graded again
        network = row_of(attempt(*verdicts), hand_points=given).tasks[0].tally.parts[0]
        assert (network.earned, network.pending) == (6, 0)


def test_what_a_person_has_not_marked_is_pending():
    result = row_of(attempt()).tasks[0]
    pending = {part.part.id: part.pending for part in result.tally.parts}
    assert pending == {"network": 0, "theory": D(3), "plots": D("0.5"), "bonus": 0}
    assert totals(result) == (D("8.5"), D(12))


def test_an_error_of_ours_is_pending_and_shown_to_the_instructor():
    ours = Verdict("dense", Status.ERROR, Reason.OURS)
    result = row_of(attempt(ours), hand_points=HAND).tasks[0]
    assert totals(result) == (D(8), D("11.5"))
    assert [one.check.name for one in result.tally.errors] == ["dense"]


def test_a_check_that_was_not_run_is_pending():
    whole = attempt()
    some = replace(whole, verdicts=whole.verdicts[:-1])
    assert totals(row_of(some, hand_points=HAND).tasks[0]) == (D("9.5"), D("11.5"))


def test_an_unreadable_submission_leaves_nothing_to_mark_by_hand():
    unreadable = attempt(*(failed(check.name, Reason.UNREADABLE) for check in CHECKS))
    assert totals(row_of(unreadable).tasks[0]) == (0, 0)


def test_lateness_is_taken_from_both_ends_of_a_range():
    assert totals(row_of(attempt(received=march(16))).tasks[0]) == (D("6.5"), D(10))


def test_an_extension_moves_the_deadline_of_one_student():
    until = (Extension("Анна", T1, march(15, 23)),)
    late = march(16)
    rows = gradebook(
        Ledger(COURSE, UNITS, END, extensions=until),
        [attempt(received=late), attempt(received=late, student="Борис")],
    )
    assert [row.tasks[0].low.days for row in rows] == [1, 2]


def test_an_extension_into_the_past_does_not_hurt():
    until = (Extension("Анна", T1, march(1)),)
    assert row_of(attempt(received=march(14)), extensions=until).tasks[0].low.days == 0


def test_of_two_attempts_the_best_counts_or_the_last():
    attempts = [attempt(digest="b", received=march(14)), attempt(failed("dense"), digest="c")]
    assert row_of(*attempts).tasks[0].attempt.digest[0] == "b"
    worse_later = [attempt(), attempt(failed("dense"), digest="c", received=march(14))]
    last = replace(COURSE, rules=replace(COURSE.rules, attempts="last"))
    assert totals(row_of(*worse_later, course=last).tasks[0]) == (D(5), D("8.5"))


@pytest.mark.parametrize(
    ("now", "possible"),
    [
        (dt.datetime(2023, 4, 1, 23, 59, 59, tzinfo=MOSCOW), D(10)),
        (dt.datetime(2023, 4, 2, 0, 0, tzinfo=MOSCOW), D(9)),
        (dt.datetime(2023, 4, 30, tzinfo=MOSCOW), D(0)),
    ],
)
def test_a_task_not_handed_in_may_still_bring_what_it_would_bring_now(now, possible):
    assert totals(row_of(attempt(), now=now).tasks[1]) == (0, possible)


def test_a_score_given_elsewhere_is_late_by_the_same_rule():
    when = dt.datetime(2023, 4, 3, 12, tzinfo=MOSCOW)
    outside = (OutsideScore("Анна", T2, D(9), D(1), when), OutsideScore("Анна", T3, D(8)))
    row = row_of(outside=outside)
    assert [totals(result) for result in row.tasks] == [(0, 0), (8, 8), (8, 8), (0, 0)]


def test_a_mark_is_exact_as_soon_as_nothing_pending_can_change_it():
    outside = [OutsideScore("Анна", task, D(10)) for task in (T2, T3, T4)]
    row = row_of(attempt(), outside=outside)
    assert (row.low.points, row.high.points) == (D("38.5"), D(42))
    assert row.exact
    assert row.low.mark.mark.ru == "отлично"


def test_a_mark_is_a_range_while_it_may_change():
    two = [OutsideScore("Анна", T2, D(10)), OutsideScore("Анна", T3, D("4"))]
    row = row_of(attempt(failed("relu")), outside=two)  # 6–9.5, 10 and 4
    assert (row.low.points, row.high.points) == (D(20), D("23.5"))
    assert row.exact
    row = row_of(attempt(failed("dense")), outside=two)  # 5–8.5, 10 and 4
    assert not row.exact
    assert (row.low.mark.mark.en, row.high.mark.mark.en) == ("satisfactory", "good")


def test_names_that_no_student_has_are_told():
    hand = (*HAND, HandPoints("Ана", T1, "theory", D(1)))
    ledger = Ledger(COURSE, UNITS, END, hand_points=hand)
    assert ledger.strangers({"Анна"}) == ("Ана",)


@given(st.data())
def test_what_still_comes_never_leaves_the_range(data):
    """Whatever a person and a second run decide, score and mark end inside of what was said."""
    statuses = st.sampled_from([Status.PASSED, Status.FAILED, Status.ERROR])
    before = [Verdict(check.name, data.draw(statuses)) for check in CHECKS]
    decided = st.sampled_from([Status.PASSED, Status.FAILED])
    after = [
        Verdict(one.check, data.draw(decided)) if one.status is Status.ERROR else one
        for one in before
    ]
    received = march(data.draw(st.integers(1, 28)))
    hand = [
        HandPoints("Анна", T1, part.id, data.draw(st.decimals(0, part.by_hand, places=2)))
        for part in PARTS
        if part.by_hand
    ]
    said = row_of(attempt(*before, received=received))
    final = row_of(attempt(*after, received=received), hand_points=hand)
    low, high = totals(said.tasks[0])
    assert low <= final.tasks[0].low.total == final.tasks[0].high.total <= high
    assert said.low.points <= final.low.points <= said.high.points


def test_csv_has_numbers_for_machines_and_no_formulas():
    rows = gradebook(Ledger(COURSE, UNITS, END), [attempt(student='=HYPERLINK("http://x")')])
    [line] = csv.DictReader(io.StringIO(gradebook_csv(rows, COURSE, "ru")))
    assert line["student"] == '\'=HYPERLINK("http://x")'
    assert (line[f"{T1}.low"], line[f"{T1}.high"], line[f"{T1}.days_late"]) == ("8.5", "12", "0")
    assert (line[f"{T2}.days_late"], line["mark.high"]) == ("", "неудовлетворительно")


def test_json_holds_parts_and_arithmetic_as_exact_strings():
    rows = gradebook(Ledger(COURSE, UNITS, END, hand_points=HAND), [attempt(received=march(16))])
    [student] = json.loads(gradebook_json(rows, COURSE))["students"]
    task = student["tasks"][T1]
    assert task["parts"]["theory"] == {"earned": "2.5", "pending": "0", "possible": "3"}
    assert task["arithmetic"] == [
        ["Points of the task", "9.5", "9.5"],
        ["Bonus", "2", "2"],
        ["Late by 2 days", "-2", "-2"],
        ["Total", "9.5", "9.5"],
    ]
    assert student["low"]["points"] == "9.5"


def test_json_of_nobody_is_json():
    assert json.loads(gradebook_json([], COURSE))["students"] == []


@pytest.mark.parametrize(
    ("width", "shown", "hidden"),
    [(120, "−2  6,5–10", "…"), (80, "6,5–10", "−2  "), (60, "Анна", "14.03")],
)
def test_the_table_fits_its_terminal_and_says_what_fits(width, shown, hidden):
    now = dt.datetime(2023, 5, 30, tzinfo=MOSCOW)
    rows = gradebook(Ledger(COURSE, UNITS, now), [attempt(received=march(16))])
    lines = printed(gradebook_table(rows, COURSE, "ru", width), width).splitlines()
    [line] = [line for line in lines if "Анна" in line]
    assert shown in line
    assert hidden not in line
    assert max(map(len, lines)) <= width


def test_a_name_cannot_command_the_terminal():
    rows = gradebook(Ledger(COURSE, UNITS, END), [attempt(student="\x1b[2J[red]Хитрый\u202e")])
    text = printed(gradebook_table(rows, COURSE, "en", 120), 120)
    assert "\x1b" not in text
    assert "�[2J[red]Хитрый�" in text


def test_a_thousand_students_are_streamed_row_by_row():
    """A row is made of its student's attempts alone: its cost can't grow with the class."""
    outside = (OutsideScore(f"{number:04}", T2, D(5)) for number in range(1000))
    ledger = Ledger(COURSE, UNITS, END, outside=outside)
    names = [f"{number:04}" for number in range(1000)]
    rows = (ledger.row(name, [attempt(student=name)]) for name in names)
    assert gradebook_csv(rows, COURSE, "en").count("\n") == 1001


def printed(table, width: int) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=False).print(table)
    return stream.getvalue()
