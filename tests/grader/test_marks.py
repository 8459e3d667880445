"""Marks: the thresholds of 2023, 2024 and 2026, as the courses announced them."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.course.calendar import read_course
from praktikum.grader.marks import standing
from praktikum.grader.penalty import score

RULES_2023 = read_course(Path(__file__).parents[2] / "content" / "course.toml").rules
RULES_2024 = read_course(Path(__file__).parent / "sister" / "course_2024.toml").rules
RULES_2026 = read_course(Path(__file__).parent / "sister" / "course.toml").rules


def mark(points, rules, days=0):
    scores = [score(Decimal(value), Decimal(0), days, rules) for value in points.split()]
    return standing(scores, rules.marks).mark.mark.ru


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("10 10 6 4", "отлично"),
        ("10 10 6 3.99", "хорошо"),  # 29.99 points, and three tasks
        ("10 10 10 3.99", "хорошо"),  # enough points, but three tasks
        ("12 10 10 0", "хорошо"),
        ("10 6 4 0", "хорошо"),
        ("10 9.75 0.2 0", "удовлетворительно"),
        ("10 10 3 3", "удовлетворительно"),
        ("6 4 0 0", "удовлетворительно"),
        ("10 3.5 0 0", "неудовлетворительно"),
        ("0 0 0 0", "неудовлетворительно"),
    ],
)
def test_2023_asks_for_points_and_for_tasks(points, expected):
    assert mark(points, RULES_2023) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("10 10 10 10 6 4", "отлично"),
        ("10 10 10 10 10 3", "хорошо"),
        ("10 10 10 6 4 0", "хорошо"),
        ("10 10 10 10 3 3", "удовлетворительно"),
        ("10 10 9 3 3 3", "неудовлетворительно"),
    ],
)
def test_2024_has_six_tasks(points, expected):
    assert mark(points, RULES_2024) == expected


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ("10 10 10 10 10 10 4", "10"),
        ("10 10 10 10 10 10 3", "7"),
        ("10 10 10 10 10 6 4", "9"),
        ("8 8 8 8 8 8 8", "8"),
        ("8 8 8 8 8 8 0", "7"),
        ("10 10 10 4 4 4 0", "6"),
        ("10 10 10 10 2 0 0", "5"),
        ("10 10 10 5 0 0 0", "4"),
        ("10 10 10 3 3 3 0", "1–3"),
    ],
)
def test_2026_has_a_ten_step_scale(points, expected):
    assert mark(points, RULES_2026) == expected


def test_a_late_task_counts_by_its_penalised_points():
    assert mark("10 10 10 4", RULES_2023, days=0) == "отлично"
    assert mark("10 10 10 4", RULES_2023, days=1) == "хорошо"  # 30 points, but 9 9 9 3
    raw = replace(RULES_2023, marks=replace(RULES_2023.marks, task_counts="before_penalty"))
    assert mark("11 11 11 4", raw, days=1) == "отлично"


def place(one, rules):
    return rules.marks.scale.index(standing(one, rules.marks).mark)


lists = st.lists(
    st.tuples(st.decimals(0, 13, places=2), st.decimals(0, 3, places=2), st.integers(0, 9)),
    min_size=7,
    max_size=7,
)


@pytest.mark.parametrize("rules", [RULES_2023, RULES_2024, RULES_2026])
@given(tasks=lists, which=st.integers(0, 6), more=st.decimals(0, 10, places=2))
def test_more_points_are_never_a_lower_mark(rules, tasks, which, more):
    before = [score(*task, rules) for task in tasks]
    base, bonus, days = tasks[which]
    after = [*before[:which], score(base + more, bonus, days, rules), *before[which + 1 :]]
    assert place(after, rules) <= place(before, rules)


@pytest.mark.parametrize("rules", [RULES_2023, RULES_2024, RULES_2026])
@given(tasks=lists, less=st.integers(0, 9))
def test_an_earlier_submission_is_never_a_lower_mark(rules, tasks, less):
    late = [score(*task, rules) for task in tasks]
    early = [score(base, bonus, max(0, days - less), rules) for base, bonus, days in tasks]
    assert place(early, rules) <= place(late, rules)
