"""Scores: the rules of 2023 and of a sister course by hand, and what holds for any rule."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.course.calendar import read_course
from praktikum.course.rules import ByDay, PerDay, Rules
from praktikum.grader.penalty import best_of, score

RULES_2023 = read_course(Path(__file__).parents[2] / "content" / "course.toml").rules
RULES_2024 = read_course(Path(__file__).parent / "sister" / "course_2024.toml").rules
RULES_2026 = read_course(Path(__file__).parent / "sister" / "course.toml").rules
D = Decimal


@pytest.mark.parametrize(
    ("base", "bonus", "days", "total"),
    [
        ("10", "0", 0, "10"),
        ("10", "0", 1, "9"),
        ("8.25", "0", 3, "5.25"),
        ("10", "0", 9, "1"),
        ("10", "0", 400, "0"),
        ("2", "0", 5, "0"),
        ("10", "3", 0, "13"),
        ("10", "3", 2, "11"),  # bonus points are points like all others
        ("1", "1", 1, "1"),
    ],
)
def test_in_2023_each_started_day_costs_a_point_down_to_zero(base, bonus, days, total):
    assert score(D(base), D(bonus), days, RULES_2023).total == D(total)


@pytest.mark.parametrize(
    ("days", "total"),
    list(enumerate(["10", "9.75", "9.25", "8.5", "7.5", "6.5", "5.5", "4.5", "0", "0"])),
)
def test_in_2026_lateness_goes_by_a_table_and_then_nothing_is_left(days, total):
    assert score(D(10), D(0), days, RULES_2026).total == D(total)


@pytest.mark.parametrize(("days", "total"), [(0, "12"), (3, "10.5"), (7, "6.5"), (8, "2")])
def test_in_2026_bonus_is_not_penalised_and_may_come_late(days, total):
    assert score(D(10), D(2), days, RULES_2026).total == D(total)


def test_in_2024_late_bonus_does_not_count_but_is_remembered():
    late = score(D(10), D(2), 1, RULES_2024)
    assert (late.total, late.bonus, late.bonus_dropped, late.raw) == (9, 0, 2, 12)


def test_after_the_last_day_of_a_daily_rule_nothing_is_left():
    assert [score(D(10), D(0), days, RULES_2024).total for days in (7, 8)] == [3, 0]


def test_what_was_taken_is_no_more_than_there_was():
    late = score(D("2.5"), D(0), 9, RULES_2023)
    assert (late.lost, late.taken) == (9, D("2.5"))


def test_the_best_attempt_counts_or_the_last():
    first, second = score(D(8), D(0), 0, RULES_2023), score(D(10), D(0), 3, RULES_2023)
    assert best_of([first, second], RULES_2023).total == 8
    assert best_of([first, second], replace(RULES_2023, attempts="last")).total == 7


def test_bonus_that_is_not_penalised_may_follow_in_a_later_attempt():
    on_time, later = score(D(9), D(0), 0, RULES_2026), score(D(9), D(3), 5, RULES_2026)
    assert (later.total, best_of([on_time, later], RULES_2026).total) == (D("8.5"), 12)


points = st.decimals(0, 12, places=2)
days = st.integers(0, 40)
losses = st.lists(st.decimals(0, 9, places=2), min_size=1, max_size=9).map(sorted).map(tuple)
lateness = st.builds(PerDay, points, st.none() | st.integers(0, 20)) | st.builds(ByDay, losses)
rules = st.builds(
    Rules,
    lateness=lateness,
    bonus_penalised=st.booleans(),
    bonus_after_deadline=st.booleans(),
    attempts=st.sampled_from(["best", "last"]),
    marks=st.just(RULES_2023.marks),
)


@given(points, points, days, days, rules)
def test_later_is_never_better(base, bonus, one, other, rules):
    early, late = sorted((one, other))
    assert score(base, bonus, early, rules).total >= score(base, bonus, late, rules).total


@given(points, points, points, points, days, rules)
def test_more_points_are_never_worth_less(base, bonus, more, more_bonus, days, rules):
    less = score(base, bonus, days, rules)
    assert score(base + more, bonus + more_bonus, days, rules).total >= less.total


@given(points, points, days, rules)
def test_a_score_lies_between_nothing_and_what_was_earned(base, bonus, days, rules):
    one = score(base, bonus, days, rules)
    assert 0 <= one.total <= one.raw == base + bonus
    assert one.base + one.bonus - one.taken == one.total


@given(points, points, rules)
def test_on_time_nothing_is_taken(base, bonus, rules):
    assert score(base, bonus, 0, rules).total == base + bonus


@given(st.lists(st.tuples(points, points, days), min_size=1, max_size=5), rules)
def test_another_attempt_never_hurts_where_the_best_counts(attempts, rules):
    rules = replace(rules, attempts="best")
    scores = [score(*attempt, rules) for attempt in attempts]
    worths = [best_of(scores[:count], rules).total for count in range(1, len(scores) + 1)]
    assert worths == sorted(worths)
    assert worths[-1] >= max(one.total for one in scores)
