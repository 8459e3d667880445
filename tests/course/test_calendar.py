"""course.toml: the course of 2023 as announced, and every mistake told at once."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from praktikum.course.calendar import CourseError, read_course
from praktikum.course.rules import PerDay

COURSE = Path(__file__).parents[2] / "content" / "course.toml"

# The table of the announcement: class by class, then task by task.
DATES = [
    "14.02",
    "21.02",
    "28.02",
    "07.03",
    "14.03",
    "21.03",
    "28.03",
    "04.04",
    "11.04",
    "20.04",
    "25.04",
    "19.05",
]
DUE = ["14.03 23:59", "01.04 23:59", "18.04 23:59", "09.05 23:59"]


@pytest.fixture(scope="module")
def course():
    return read_course(COURSE)


def test_twelve_seminars_stand_on_their_announced_days(course):
    assert [f"{seminar.date:%d.%m}" for seminar in course.seminars] == DATES
    assert [seminar.number for seminar in course.seminars] == list(range(1, 13))
    assert {seminar.date.year for seminar in course.seminars} == {2023}


def test_three_days_of_the_calendar_have_no_class(course):
    assert [f"{day:%d.%m}" for day in course.no_class] == ["02.05", "09.05", "23.05"]


def test_four_tasks_of_ten_points_have_their_deadlines_in_moscow(course):
    assert [f"{task.due:%d.%m %H:%M}" for task in course.tasks] == DUE
    assert {task.points for task in course.tasks} == {Decimal(10)}
    assert {task.due.utcoffset() for task in course.tasks} == {dt.timedelta(hours=3)}


def test_a_started_day_costs_a_point_without_a_hard_deadline(course):
    assert course.rules.lateness == PerDay(Decimal(1), None)


def test_marks_ask_for_what_was_announced(course):
    asked = [(step.mark.ru, step.points, step.tasks) for step in course.rules.marks.scale]
    assert asked == [
        ("отлично", 30, 4),
        ("хорошо", 20, 3),
        ("удовлетворительно", 10, 2),
        ("неудовлетворительно", 0, 0),
    ]


def test_a_task_is_found_by_its_id(course):
    assert course.task("t2_segmentation") is course.tasks[1]


def test_an_unknown_task_is_answered_with_the_known_ones(course):
    with pytest.raises(KeyError, match="no task 't9' in the course; there are: t1_numpy_mlp, t2"):
        course.task("t9")


MISTAKES = [
    ("no_class = ", "noclass = ", "noclass: there is no such key"),
    ("due = 2023-03-14T23:59:00", "due = 2023-03-14T23:59:30", "tasks[0].due: wanted a local time"),
    ("due = 2023-03-14T23:59:00", "due = 2023-03-14T23:59:00Z", "without an offset"),
    ("due = 2023-03-14T23:59:00", "due = 2023-03-14", "tasks[0].due: wanted a local time"),
    ("due = 2023-03-14T23:59:00", "due = 2023-02-14T23:59:00", "is before the task is issued"),
    ("due = 2023-03-14T23:59:00", "deu = 2023-03-14T23:59:00", "tasks[0].due: is missing"),
    (
        "due = 2023-03-14T23:59:00",
        "deu = 2023-03-14T23:59:00",
        "tasks[0].deu: there is no such key",
    ),
    ("date = 2023-02-14", 'date = "14 Feb"', "seminars[0].date: wanted a date such as 2023-02-14"),
    ("date = 2023-02-14", "date = 2023-02-21", "seminars: 's02_autodiff' must come after"),
    ("date = 2023-05-19", "date = 2023-05-23", "no_class: 2023-05-23 has a class: 's12_systems'"),
    ('id = "t2_segmentation"', 'id = "t1_numpy_mlp"', "tasks: the id 't1_numpy_mlp' stands twice"),
    ('"Europe/Moscow"', '"Europe/Moskva"', "time_zone: wanted a time zone such as"),
    (
        "per_day = 1 ",
        "per_day = -1 ",
        "lateness.per_day: wanted a number of points, 0 or more, got -1",
    ),
    ("per_day = 1 ", "per_day = nan ", "lateness.per_day: wanted a number of points, 0 or more"),
    ("per_day = 1 ", "per_day = 1\nby_day = [1] ", "lateness.per_day: stands beside by_day"),
    ("per_day = 1 ", "by_day = [1, 0.5] ", "lateness.by_day: a later day must not cost less"),
    (
        'counts = "best"',
        'counts = "first"',
        "attempts.counts: wanted 'best' or 'last', got 'first'",
    ),
    ("points = 20\n", "points = 40\n", "marks.scale: must go from the best mark to the worst"),
    ("points = 0\n", "points = 1\n", "marks.scale: its last mark must ask for points = 0"),
    ("penalised = true", 'penalised = "yes"', "bonus.penalised: wanted true or false, got 'yes'"),
    ("tasks = 4\n", "tasks = 4.0\n", "marks.scale[0].tasks: wanted a whole number, 0 or more"),
    (
        '{ ru = "хорошо", en = "good" }',
        '{ ru = "хорошо" }',
        "mark: wanted a text in both languages",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_place(tmp_path, right, wrong, said):
    path = _with(tmp_path, (right, wrong))
    with pytest.raises(CourseError) as caught:
        read_course(path)
    assert any(said in problem for problem in caught.value.problems), caught.value


def test_all_mistakes_are_told_at_once_each_in_one_line(tmp_path):
    path = _with(
        tmp_path,
        ("due = 2023-03-14T23:59:00", "due = 14"),
        ("per_day = 1 ", 'per_day = "one" '),
        ("task_counts_from", "task_count_from"),
    )
    with pytest.raises(CourseError) as caught:
        read_course(path)
    places = [
        line.removeprefix(f"{path}: ").split(":")[0] for line in str(caught.value).split("\n")
    ]
    assert places == [
        "tasks[0].due",
        "lateness.per_day",
        "marks.task_counts_from",
        "marks.task_count_from",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"title = ", "is not TOML in UTF-8"),
        ("title = 'Курс'".encode("cp1251"), "is not TOML in UTF-8"),
    ],
)
def test_what_is_not_toml_in_utf8_is_refused_in_one_line(tmp_path, content, said):
    path = tmp_path / "course.toml"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=said):
        read_course(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"nowhere\.toml: cannot be read: No such file"):
        read_course(tmp_path / "nowhere.toml")


def _with(folder: Path, *changes: tuple[str, str]) -> Path:
    text = COURSE.read_text("utf-8")
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong, 1)
    path = folder / "course.toml"
    path.write_text(text, "utf-8")
    return path
