"""What a student sees: the course, a task, and the report on an attempt."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from praktikum.checks import LANGUAGES
from praktikum.course.book.rules_in_words import rules_in_words
from praktikum.course.unit import Unit
from praktikum.grader.gradebook import Row
from praktikum.grader.pages import report_body
from praktikum.grader.phrasing import plain
from praktikum.site.arrival import arrived
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.intake import IntakeError, take_in
from praktikum.site.classroom.ledger import report_on, row_of
from praktikum.site.classroom.models import Attempt, Grading
from praktikum.site.grading.queue import place
from praktikum.site.people.access import attempt_for, only, sees_scores, user_of
from praktikum.site.people.models import Role
from praktikum.site.phrasing_tags import language
from praktikum.site.student.downloads import graded_here
from praktikum.site.student.forecast import forecast
from praktikum.site.student.forms import ForecastForm, UploadForm
from praktikum.site.student.history import history
from praktikum.site.student.schedule import left_until, schedule
from praktikum.site.student.statement import statement

__all__ = ["attempt", "course", "task"]


@require_GET
@only(Role.STUDENT)
def course(request: HttpRequest) -> HttpResponse:
    """The course: its schedule, the next deadline, and what the tasks have brought so far."""
    loaded, now, user = course_now(), timezone.now(), user_of(request)
    plan = schedule(loaded, row_of(loaded, now, user), now)
    rules = rules_in_words(loaded.course.rules, language())
    values = {"course": loaded.course, "plan": plan, "rules": rules}
    return render(request, "student/course.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.STUDENT)
def task(request: HttpRequest, task: str) -> HttpResponse:
    """A task: what is asked, the notebook, the form to hand in, and the attempts so far."""
    loaded, user, now = course_now(), user_of(request), arrived(request)
    known, unit = graded_here(loaded, task, now)
    form = UploadForm(unit, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            taken = _taken_in(request, loaded, task, form.cleaned_data)
        except IntakeError as error:
            form.add_error(None, error.text[language()])
        else:
            return redirect("student:attempt", public=taken.public)
    row = row_of(loaded, now, user)
    [result] = [each for each in row.tasks if each.task.id == task]
    values = {
        "course": loaded.course,
        "task": known,
        "unit": unit,
        "due": result.due,
        "left": left_until(result.due, now),
        "form": form,
        "attempts": history(loaded, user, task, now),
        "scores_shown": sees_scores(user, task),
        "forecast": _forecast(request, loaded, row, unit, now),
        "statement": statement(unit, language()),
        "languages": LANGUAGES,
    }
    return render(request, "student/task.html", values, status=400 if form.errors else 200)


@require_GET
def attempt(request: HttpRequest, public: UUID) -> HttpResponse:
    """The report on an attempt, or its place in the queue."""
    user, now = user_of(request), timezone.now()
    found, loaded = attempt_for(user, public), course_now()
    task = loaded.course.task(found.task)
    values = {"course": loaded.course, "task": task, "attempt": found}
    if not sees_scores(user, found.task):
        return render(request, "student/held_back.html", values)
    grading = Grading.objects.current().filter(attempt=found).first()
    if grading is None:
        before = place(found)
        response = render(request, "student/waiting.html", values | {"before": before})
        # The page looks again by itself, without a script; less often where many wait, since
        # five hundred of them would keep the site busy.
        response["Refresh"] = f"{min(5 + (before or 0), 60)}"  # seconds
        return response
    values["report"] = report_body(report_on(loaded, now, grading), language())
    values["attempts"] = history(loaded, found.student, found.task, now)
    return render(request, "student/report.html", values)


def _taken_in(
    request: HttpRequest, loaded: LoadedCourse, task: str, files: dict[str, Any]
) -> Attempt:
    file, archive = files["file"], files.get("archive")
    return take_in(
        loaded,
        user_of(request),
        task,
        file.name,
        file.read(),
        arrived(request),
        archive.read() if archive else None,
    )


def _forecast(
    request: HttpRequest, loaded: LoadedCourse, row: Row, unit: Unit, now: dt.datetime
) -> dict[str, Any] | None:
    """Return the forecast with the form that asks for it; None where scores are held back."""
    if any(not sees_scores(user_of(request), each.task.id) for each in row.tasks):
        return None
    most = unit.base_points + unit.bonus_points
    asked = ForecastForm(most, request.GET if "points" in request.GET else None)
    expected = asked.cleaned_data["points"] if asked.is_valid() else None
    found = forecast(loaded.course, row, unit.task, unit.bonus_points, now, expected)
    shown = ForecastForm(most, initial={"points": plain(found.expected)}, auto_id="forecast_%s")
    return {"form": shown, "found": found}
