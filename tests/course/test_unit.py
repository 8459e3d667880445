"""task.toml and seminar.toml: read whole, refused whole."""

from decimal import Decimal
from pathlib import Path

import pytest

from praktikum.checks import Check, Text
from praktikum.course.calendar import read_course
from praktikum.course.unit import (
    CourseError,
    read_unit,
    verify_against_checks,
    verify_against_course,
)

COURSE = Path(__file__).parents[2] / "content" / "course.toml"
TASK = """
id = "t1_numpy_mlp"
title = { ru = "Сеть", en = "A network" }
deadline = "t1_numpy_mlp"
write = ["scratch.layers:Dense.backward", "exercises:nll"]
preload = ["scipy.optimize"]
[[parts]]
id = "network"
title = { ru = "Слои", en = "Layers" }
points = "9"
[[parts]]
id = "theory"
title = { ru = "Теория", en = "Theory" }
points = 1.0
by_hand = 0.4
rubric = { ru = "Выведено верно", en = "Derived rightly" }
[[parts]]
id = "bonus"
title = { ru = "Бонус", en = "Bonus" }
points = 2
bonus = true
"""
SEMINAR = """
id = "s01_networks"
title = { ru = "Сети", en = "Networks" }
write = ["exercises:strides"]
requires = ["torch"]
[[parts]]
id = "strides"
title = { ru = "Шаги", en = "Strides" }
"""


def write(folder: Path, text: str, name: str = "task.toml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def make_check(part: str, points: str, name: str = "one") -> Check:
    text = Text("да", "yes")
    return Check(name, part, Decimal(points), (), 10.0, text, None, lambda _sub, _rng: {})


def test_a_task_is_read_with_exact_points(tmp_path):
    unit = read_unit(write(tmp_path, TASK))
    assert unit.deadline == "t1_numpy_mlp"
    assert unit.write == ("scratch.layers:Dense.backward", "exercises:nll")
    assert (unit.preload, unit.requires) == (("scipy.optimize",), ())
    assert unit.part("theory").by_checks == Decimal("0.6")
    assert (unit.base_points, unit.bonus_points) == (10, 2)


def test_the_parts_of_a_seminar_have_no_points(tmp_path):
    unit = read_unit(write(tmp_path, SEMINAR, "seminar.toml"))
    assert (unit.deadline, unit.requires) == (None, ("torch",))
    assert unit.part("strides").points == 0
    verify_against_checks(unit, [make_check("strides", "0")])


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("by_hand = 0.4", "by_hand = 1.4", "parts[1].by_hand: 1.4 is more than the part's points"),
        ("rubric = ", "rubrik = ", "parts[1].rubric: is missing"),
        ("rubric = ", "rubrik = ", "parts[1].rubrik: there is no such key"),
        ('id = "bonus"', 'id = "theory"', "parts: the id 'theory' stands twice"),
        ('"exercises:nll"', '"exercises.nll"', "write: wanted an address such as"),
        ("bonus = true", "bonus = 1", "parts[2].bonus: wanted true or false, got 1"),
        ('deadline = "t1_numpy_mlp"', "", "deadline: is missing"),
        ('["scipy.optimize"]', '"scipy"', "preload: wanted a list, got 'scipy'"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, right, wrong, said):
    assert right in TASK
    with pytest.raises(CourseError) as caught:
        read_unit(write(tmp_path, TASK.replace(right, wrong, 1)))
    assert any(said in problem for problem in caught.value.problems), caught.value


def test_a_folder_without_a_unit_is_refused(tmp_path):
    with pytest.raises(CourseError, match=r"has neither a task\.toml nor a seminar\.toml"):
        read_unit(tmp_path)


def test_points_that_are_those_of_the_course_are_accepted(tmp_path):
    verify_against_course(read_unit(write(tmp_path, TASK)), read_course(COURSE))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            'points = "9"',
            "points = 8.5",
            "parts: its parts earn 9.5 without bonus, course.toml says 10",
        ),
        ('deadline = "t1_numpy_mlp"', 'deadline = "t7"', "deadline: no task 't7' in the course"),
    ],
)
def test_points_and_deadline_must_be_those_of_the_course(tmp_path, right, wrong, said):
    unit = read_unit(write(tmp_path, TASK.replace(right, wrong)))
    with pytest.raises(CourseError, match=said):
        verify_against_course(unit, read_course(COURSE))


def test_checks_must_earn_what_is_not_given_by_hand(tmp_path):
    unit = read_unit(write(tmp_path, TASK))
    enough = [make_check("network", "9"), make_check("theory", "0.6"), make_check("bonus", "2")]
    verify_against_checks(unit, enough)
    with pytest.raises(CourseError, match=r"parts\.bonus: .* its checks earn 2\.5"):
        verify_against_checks(unit, [*enough, make_check("bonus", "0.5")])
    with pytest.raises(CourseError) as caught:
        verify_against_checks(unit, [*enough[:2], make_check("bonuses", "2", "adam")])
    assert [problem.partition(".toml: ")[2] for problem in caught.value.problems] == [
        "checks.adam: there is no part 'bonuses'",
        "parts.bonus: wanted 2 points, 0 of them by hand, but its checks earn 0",
    ]
