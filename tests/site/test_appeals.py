"""Appeals: a student's own, answered by the staff, with points that stay within the part."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from praktikum.site.classroom.course import LoadedCourse
from praktikum.site.classroom.ledger import row_of
from praktikum.site.classroom.models import (
    Answer,
    Appeal,
    AuditEntry,
    Grading,
    HandPoints,
    Publication,
)
from praktikum.site.people.models import User

from .conftest import NOW, TASK

Browser = Callable[..., Client]
Graded = Callable[..., Grading]
CHECK = "numbers:the_scale"


def new_for(grading: Grading) -> str:
    return f"/appeals/attempts/{grading.attempt.public}/"


@pytest.fixture
def filed(student: User, graded: Graded, browser: Browser) -> Appeal:
    """An appeal against a failed check."""
    form = {"about": CHECK, "text": "Look at <b>my</b> scale."}
    assert browser(student).post(new_for(graded(student)), form).status_code == 302
    return Appeal.objects.get()


def reply(**changed: str) -> dict[str, str]:
    return {"granted": "1", "text": "Yes.", "answers_seen": "0", "points_seen": "0"} | changed


def test_an_appeal_is_about_a_check_that_failed_a_part_or_the_whole(
    student: User, graded: Graded, browser: Browser
) -> None:
    page = browser(student).get(new_for(graded(student))).text
    for about in (":", "numbers", "words", CHECK):
        assert f'<option value="{about}"' in page
    assert "numbers:the_mean" not in page  # it passed


def test_the_student_reads_the_answer_and_the_staff_the_appeal(
    filed: Appeal, student: User, assistant: User, browser: Browser
) -> None:
    path = f"/appeals/{filed.public}/"
    page = browser(assistant).get(path).text
    assert "Look at &lt;b&gt;my&lt;/b&gt; scale." in page
    assert "Анна Петрова" in page
    assert browser(assistant).post(path, reply(text="Seen.", granted="0")).status_code == 302
    page = browser(student).get(path).text
    assert "Seen." in page
    assert '<span class="tag">declined</span>' in page
    assert "<textarea" not in page


def test_points_with_an_answer_are_in_the_gradebook_and_the_report(
    filed: Appeal, student: User, assistant: User, browser: Browser, loaded: LoadedCourse
) -> None:
    before = row_of(loaded, NOW, student).low.points
    browser(assistant).post(f"/appeals/{filed.public}/", reply(points="1.5"))
    assert row_of(loaded, NOW, student).low.points - before == Decimal("1.5")
    report = browser(student).get(f"/course/attempts/{filed.attempt.public}/").text
    assert "Yes." in report
    verbs = AuditEntry.objects.values_list("verb", flat=True)
    assert set(verbs) == {"answered", "marked"}


@pytest.mark.parametrize(("points", "status"), [("4", 302), ("4.01", 400), ("-1", 400)])
def test_a_part_gets_no_more_than_it_is_worth(
    filed: Appeal, assistant: User, browser: Browser, points: str, status: int
) -> None:
    """Of the 6 points the mean has earned 2."""
    answer = browser(assistant).post(f"/appeals/{filed.public}/", reply(points=points))
    assert answer.status_code == status
    assert HandPoints.objects.exists() == Answer.objects.exists() == (status == 302)


def test_two_answers_at_once_are_one_and_a_message(
    filed: Appeal, assistant: User, instructor: User, browser: Browser
) -> None:
    path = f"/appeals/{filed.public}/"
    assert browser(assistant).post(path, reply()).status_code == 302
    late = browser(instructor).post(path, reply(granted="0"))
    assert "Somebody answered meanwhile" in late.text
    assert browser(instructor).post(path, reply(answers_seen="1")).status_code == 302
    assert [answer.by for answer in filed.answers.all()] == [assistant, instructor]


def test_an_answer_whose_points_cannot_be_given_is_not_stored(
    filed: Appeal, student: User, assistant: User, instructor: User, browser: Browser
) -> None:
    HandPoints.objects.create(
        student=student, task=TASK, part="numbers", points=1, by=instructor, at=NOW
    )
    late = browser(assistant).post(f"/appeals/{filed.public}/", reply(points="1.5"))
    assert "Teacher gave points for this part meanwhile" in late.text
    assert not Answer.objects.exists()


def test_the_same_appeal_is_not_filed_twice_before_it_is_answered(
    filed: Appeal, student: User, browser: Browser
) -> None:
    path = f"/appeals/attempts/{filed.attempt.public}/"
    again = browser(student).post(path, {"about": CHECK, "text": "And?"})
    assert "not answered yet" in again.text
    assert browser(student).post(path, {"about": "words", "text": "And?"}).status_code == 302


def test_a_student_cannot_answer_or_see_or_appeal_for_another_one(
    filed: Appeal, student: User, other: User, browser: Browser
) -> None:
    path = f"/appeals/{filed.public}/"
    assert browser(student).post(path, reply()).status_code == 404
    assert browser(other).get(path).status_code == 404
    assert browser(other).post(path, reply()).status_code == 404
    theirs = f"/appeals/attempts/{filed.attempt.public}/"
    assert browser(other).post(theirs, {"about": ":", "text": "x"}).status_code == 404
    assert "/appeals/" + str(filed.public) not in browser(other).get("/appeals/").text
    assert not Answer.objects.exists()


def test_there_is_nothing_to_appeal_against_while_scores_are_held_back(
    student: User, instructor: User, graded: Graded, browser: Browser
) -> None:
    path = new_for(graded(student))
    Publication.objects.create(task=TASK, shown=False, by=instructor, at=NOW)
    assert browser(student).get(path).status_code == 404
