"""Facts in files: attempts come back exactly, and tables of people are read or refused by line."""

import datetime as dt
import json
import unicodedata
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praktikum.checks import Reason, Status, Text, Verdict
from praktikum.course.calendar import read_course
from praktikum.course.unit import Part, Unit
from praktikum.grader.atomic import write_whole
from praktikum.grader.attempt_file import (
    attempt_from_json,
    attempt_to_json,
    read_attempt,
    write_attempt,
)
from praktikum.grader.fact_tables import (
    read_extensions,
    read_hand_points,
    read_received,
    read_scores,
)
from praktikum.grader.facts import (
    Attempt,
    Extension,
    FactsError,
    HandPoints,
    Measured,
    OutsideScore,
    student_name,
)

COURSE = read_course(Path(__file__).parents[2] / "content" / "course.toml")
MOSCOW = ZoneInfo("Europe/Moscow")
TASK = "t1_numpy_mlp"
NAME = Text("Часть", "Part")
UNIT = Unit(
    id=TASK,
    folder=Path(TASK),
    title=NAME,
    write=(),
    requires=(),
    preload=(),
    deadline=TASK,
    parts=(
        Part("theory", NAME, Decimal("1.5"), by_hand=Decimal("1.5")),
        Part("plots", NAME, Decimal(1), by_hand=Decimal("0.5")),
        Part("network", NAME, Decimal(3)),
    ),
)


# Attempts

texts = st.builds(Text, st.text(), st.text())
verdicts = st.builds(
    Verdict,
    check=st.text(),
    status=st.sampled_from(Status),
    reason=st.none() | st.sampled_from(Reason),
    where=st.text(),
    got=st.text(),
    expected=st.text(),
    hint=st.none() | texts,
    detail=st.text(),
)
zones = st.sampled_from([MOSCOW, dt.UTC, dt.timezone(dt.timedelta(hours=-9, minutes=-30))])
attempts = st.builds(
    Attempt,
    student=st.text(),
    task=st.text(),
    received=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=zones),
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    source=st.text(),
    verdicts=st.lists(verdicts, max_size=3).map(tuple),
    notes=st.lists(texts, max_size=2).map(tuple),
    isolated=st.booleans(),
    measured=st.none()
    | st.builds(
        Measured,
        value=st.decimals(0, 1, places=3),
        usable=st.integers(0, 100),
        given=st.integers(1, 100),
    ),
)
ATTEMPT = Attempt(
    "Анна", TASK, dt.datetime(2023, 3, 14, 23, 59, 59, 999, tzinfo=MOSCOW), "0" * 64, "a.ipynb", ()
)


@given(attempts)
def test_an_attempt_comes_back_from_json_as_it_was(attempt):
    written = json.dumps(attempt_to_json(attempt))
    assert attempt_from_json(json.loads(written)) == attempt


def test_an_attempt_from_before_tasks_with_masks_is_read():
    fields = attempt_to_json(ATTEMPT)
    del fields["measured"]
    assert attempt_from_json(fields) == ATTEMPT


def test_an_attempt_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="received=2023-03-14 00:00:00 has no time zone"):
        replace(ATTEMPT, received=dt.datetime(2023, 3, 14))


def test_an_attempt_comes_back_from_its_file(tmp_path):
    write_attempt(tmp_path / "attempt.json", ATTEMPT)
    assert read_attempt(tmp_path / "attempt.json") == ATTEMPT


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 2}', "null", '{"format": 1}'])
def test_a_file_that_holds_no_attempt_is_named(tmp_path, content):
    path = tmp_path / "attempt.json"
    path.write_text(content)
    with pytest.raises(FactsError, match=r"attempt\.json: is not an attempt \(delete it to grade"):
        read_attempt(path)


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "book.csv"
    write_whole(path, "old")
    write_whole(path, "новая")
    assert path.read_text("utf-8") == "новая"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_stays_and_leaves_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "book.csv"
    write_whole(path, "old")

    def refuse(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, "new")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["old"]


def test_a_name_from_a_mac_is_the_same_student():
    decomposed = unicodedata.normalize("NFD", "Андрей Ёжиков")
    assert student_name(f" {decomposed}\n") == "Андрей Ёжиков" != decomposed


# Tables


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "facts.csv"
    path.write_bytes(text.encode(encoding))
    return path


def problems_of(read, *arguments) -> list[str]:
    with pytest.raises(FactsError) as caught:
        read(*arguments)
    return [problem.partition("facts.csv")[2] for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("student,part,points,comment\nАнна,theory,1.25,знак\n", "utf-8"),
        ("student,part,points,comment\r\n\r\nАнна, theory ,1.25,знак\r\n", "utf-8-sig"),
        ("Student;Part;Points;Comment\nАнна;theory;1,25;знак\n;;;\n", "utf-8-sig"),
        ('comment,points,part,student\nзнак,"1,25",theory,Анна', "utf-8"),
    ],
)
def test_points_by_hand_are_read_as_spreadsheets_write_them(tmp_path, text, encoding):
    facts = read_hand_points(table(tmp_path, text, encoding), UNIT)
    assert facts == (HandPoints("Анна", TASK, "theory", Decimal("1.25"), "знак"),)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "Анна,teory,1",
            ":2: part: t1_numpy_mlp has no part 'teory'; it has theory, plots, network",
        ),
        (
            "Анна,network,1",
            ":2: part: 'network' is judged by checks alone, nobody gives points for it",
        ),
        ("Анна,plots,0.75", ":2: points: 0.75 is more than the 0.5 that can be given"),
        ("Анна,plots,-1", ":2: points: '-1' is not a number of points, 0 or more"),
        ("Анна,plots,nan", ":2: points: 'nan' is not a number of points, 0 or more"),
        ("Анна,plots,half", ":2: points: 'half' is not a number"),
        ("Анна,plots,", ":2: points: is empty"),
        (",plots,0.5", ":2: student: is empty"),
        ("Анна,plots,0,5", ":2: has 4 cells, wanted 3: student, part, points"),
        ("Анна,plots,0.5\nАнна,plots,0.25", ":3: says again what line 2 says"),
        ('Анна,plots,"0.5', ":2: is not CSV: unexpected end of data"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path, row, said):
    path = table(tmp_path, f"student,part,points\n{row}\n")
    assert problems_of(read_hand_points, path, UNIT) == [said]


def test_all_wrong_rows_are_told_at_once(tmp_path):
    path = table(tmp_path, "student,part,points\nА,x,1\nБ,theory,1\nВ,theory,9\n")
    problems = problems_of(read_hand_points, path, UNIT)
    assert [problem[:3] for problem in problems] == [":2:", ":4:"]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("student,points", ":1: there is no column 'part'"),
        ("student,part,points,mark", ":1: the column 'mark' is not known"),
        ("student,part,points,part", ":1: the column 'part' stands twice"),
        ("", ":1: there is no column 'student'"),
    ],
)
def test_a_wrong_head_is_told_with_the_columns_that_are_known(tmp_path, head, said):
    problem, *_ = problems_of(read_hand_points, table(tmp_path, head), UNIT)
    assert problem == f"{said}; the columns are student, part, points, comment (optional)"


@pytest.mark.parametrize("encoding", ["cp1251", "utf-16"])
def test_another_encoding_is_refused_with_what_to_do(tmp_path, encoding):
    path = table(tmp_path, "student,part,points\nАнна,theory,1\n", encoding)
    [problem] = problems_of(read_hand_points, path, UNIT)
    assert "is not in UTF-8" in problem
    assert "save it as 'CSV UTF-8'" in problem


def test_a_table_that_is_not_there_is_named(tmp_path):
    assert problems_of(read_hand_points, tmp_path / "facts.csv", UNIT) == [
        ": cannot be read: No such file or directory"
    ]


@pytest.mark.parametrize(
    ("until", "meant"),
    [
        ("2023-03-20", dt.datetime(2023, 3, 20, 23, 59, tzinfo=MOSCOW)),
        ("2023-03-20 12:00", dt.datetime(2023, 3, 20, 12, 0, tzinfo=MOSCOW)),
        ("2023-03-20T12:00+05:00", dt.datetime(2023, 3, 20, 10, 0, tzinfo=MOSCOW)),
    ],
)
def test_an_extension_is_until_a_day_or_a_minute(tmp_path, until, meant):
    path = table(tmp_path, f"student,task,until\nАнна,{TASK},{until}\n")
    assert read_extensions(path, COURSE) == (Extension("Анна", TASK, meant),)


def test_an_extension_of_a_wrong_task_or_time_is_refused(tmp_path):
    path = table(tmp_path, f"student,task,until\nАнна,t9,2023-03-20\nБорис,{TASK},20.03.2023\n")
    first, second = problems_of(read_extensions, path, COURSE)
    assert first.startswith(":2: task: no task 't9' in the course; it has t1_numpy_mlp, ")
    assert second.startswith(":3: until: '20.03.2023' is not a day such as 2023-03-14 or a time")


def test_scores_may_have_bonus_and_time(tmp_path):
    path = table(
        tmp_path,
        "student;task;points;bonus;received\n"
        "Анна;t2_segmentation;9,5;1;2023-04-02 10:00\n"
        "Борис;t2_segmentation;10;;\n",
    )
    received = dt.datetime(2023, 4, 2, 10, tzinfo=MOSCOW)
    assert read_scores(path, COURSE) == (
        OutsideScore("Анна", "t2_segmentation", Decimal("9.5"), Decimal(1), received),
        OutsideScore("Борис", "t2_segmentation", Decimal(10)),
    )


def test_a_score_is_no_more_than_the_task_is_worth(tmp_path):
    path = table(tmp_path, "student,task,points\nАнна,t2_segmentation,10.5\n")
    assert problems_of(read_scores, path, COURSE) == [
        ":2: points: 10.5 is more than the 10 that can be given"
    ]


def test_times_of_receipt_are_read_for_each_student(tmp_path):
    path = table(tmp_path, "student,received\nАнна,2023-03-14 23:59:59\n")
    assert read_received(path, MOSCOW) == {
        "Анна": dt.datetime(2023, 3, 14, 23, 59, 59, tzinfo=MOSCOW)
    }


def test_a_day_alone_is_no_time_of_receipt(tmp_path):
    path = table(tmp_path, "student,received\nАнна,2023-03-14\n")
    assert problems_of(read_received, path, MOSCOW) == [
        ":2: received: '2023-03-14' is not a time such as 2023-03-14 23:59"
    ]
