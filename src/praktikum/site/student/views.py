"""What a student sees: the course, a task, and the report on an attempt."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from praktikum.course.calendar import Task
from praktikum.course.unit import Unit
from praktikum.grader.lateness import closes
from praktikum.grader.pages import report_body
from praktikum.site.arrival import arrived
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.intake import IntakeError, take_in
from praktikum.site.classroom.ledger import open_ledger, report_on, row_of
from praktikum.site.classroom.models import Grading
from praktikum.site.grading.queue import place
from praktikum.site.people.access import attempt_for, only, sees_scores, user_of
from praktikum.site.people.models import Role
from praktikum.site.phrasing_tags import language
from praktikum.site.student.forms import UploadForm
from praktikum.site.student.history import history
from praktikum.site.student.notebooks import student_notebook
from praktikum.site.student.schedule import schedule

__all__ = ["attempt", "course", "file", "notebook", "task"]


@require_GET
@only(Role.STUDENT)
def course(request: HttpRequest) -> HttpResponse:
    """The course: its schedule, the next deadline, and what the tasks have brought so far."""
    loaded, now, user = course_now(), timezone.now(), user_of(request)
    plan = schedule(loaded, row_of(loaded, now, user), now)
    return render(request, "student/course.html", {"course": loaded.course, "plan": plan})


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.STUDENT)
def task(request: HttpRequest, task: str) -> HttpResponse:
    """A task: what is asked, the notebook, the form to hand in, and the attempts so far."""
    loaded, user = course_now(), user_of(request)
    known, unit = _graded_here(loaded, task, arrived(request))
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            taken = take_in(loaded, user, task, upload.name, upload.read(), arrived(request))
        except IntakeError as error:
            form.add_error("file", error.text[language()])
        else:
            return redirect("student:attempt", public=taken.public)
    due = open_ledger(loaded, arrived(request), [user]).due(user.username, known)
    left = closes(due) - arrived(request)
    values = {
        "course": loaded.course,
        "task": known,
        "unit": unit,
        "due": due,
        "left": left if left > dt.timedelta(0) else None,
        "form": form,
        "attempts": history(loaded, user, task, timezone.now()),
        "scores_shown": sees_scores(user, task),
    }
    status = 400 if form.errors else 200
    return render(request, "student/task.html", values, status=status)


@require_GET
@only(Role.STUDENT)
def notebook(request: HttpRequest, task: str) -> HttpResponse:
    """The notebook of a task, in the page's language."""
    _, unit = _graded_here(course_now(), task, arrived(request))
    name, text = student_notebook(unit, language())
    return _download(name, text.encode())


@require_GET
def attempt(request: HttpRequest, public: UUID) -> HttpResponse:
    """The report on an attempt, or its place in the queue."""
    user = user_of(request)
    found, loaded = attempt_for(user, public), course_now()
    task = loaded.course.task(found.task)
    values = {"course": loaded.course, "task": task, "attempt": found}
    if not sees_scores(user, found.task):
        return render(request, "student/held_back.html", values)
    grading = Grading.objects.current().filter(attempt=found).first()
    if grading is None:
        response = render(request, "student/waiting.html", values | {"before": place(found)})
        response["Refresh"] = "5"  # seconds: the page looks again by itself, without a script
        return response
    body = report_body(report_on(loaded, timezone.now(), grading), language())
    return render(request, "student/report.html", values | {"report": body})


@require_GET
def file(request: HttpRequest, public: UUID) -> HttpResponse:
    """The file as it was handed in; always a download, never shown."""
    found = attempt_for(user_of(request), public)
    return _download(found.source, bytes(found.file.content))


def _graded_here(loaded: LoadedCourse, task: str, now: dt.datetime) -> tuple[Task, Unit]:
    """Return the task and its unit; a 404 where it isn't graded here or isn't given out yet."""
    if task not in loaded.packs or (known := loaded.course.task(task)).issued > now:
        raise Http404
    return known, loaded.packs[task].unit


def _download(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
