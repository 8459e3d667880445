"""Appeals: a student's own, or all of them for the staff; filing one, and answering it."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from praktikum.checks import Text
from praktikum.grader.report import Report
from praktikum.site.appeals.filing import (
    AlreadyAnsweredError,
    AlreadyFiledError,
    Given,
    answer,
    file_appeal,
    most_by_hand,
)
from praktikum.site.appeals.forms import AnswerForm, AppealForm
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.ledger import report_on
from praktikum.site.classroom.models import Appeal, Attempt, Grading
from praktikum.site.marking.points import MarkedMeanwhileError, Subject, history, version
from praktikum.site.people.access import (
    appeal_for,
    appeals_for,
    attempt_for,
    only,
    sees_scores,
    user_of,
)
from praktikum.site.people.models import Role, User

__all__ = ["appeal", "appeals", "new"]


@require_GET
def appeals(request: HttpRequest) -> HttpResponse:
    """Appeals from the newest on, those without an answer first."""
    loaded, user = course_now(), user_of(request)
    found = list(appeals_for(user).prefetch_related("answers").order_by("-id"))
    shown = [(each, _title(loaded, each), each.answers.all()) for each in found]
    values = {
        "course": loaded.course,
        "open": [line for line in shown if not line[2]],
        "closed": [line for line in shown if line[2]],
    }
    return render(request, "appeals/all.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.STUDENT)
def new(request: HttpRequest, public: UUID) -> HttpResponse:
    """File an appeal on one's own attempt, once it is graded and its scores are shown."""
    loaded, user = course_now(), user_of(request)
    attempt = attempt_for(user, public)
    report = _report(loaded, attempt)
    if report is None or not sees_scores(user, attempt.task):
        raise Http404
    form = AppealForm(report, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = form.cleaned_data["text"]
            filed = file_appeal(attempt, form.topic, text, timezone.now())
        except AlreadyFiledError:
            form.add_error("about", _("Your appeal on this is not answered yet."))
        else:
            messages.success(request, _("The appeal is filed."))
            return redirect("appeals:one", appeal=filed.public)
    values = {"course": loaded.course, "attempt": attempt, "task": report.task, "form": form}
    return render(request, "appeals/new.html", values, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, appeal: UUID) -> HttpResponse:
    """One appeal with what was answered; the staff answers here."""
    loaded, user = course_now(), user_of(request)
    found = appeal_for(user, appeal)
    if request.method == "POST" and not user.is_staff_member:
        raise Http404
    form = _form(request, loaded, found) if user.is_staff_member else None
    if form is not None and request.method == "POST" and _answered(form, found, user):
        messages.success(request, _("The answer is there."))
        return redirect("appeals:one", appeal=found.public)
    task = loaded.course.task(found.attempt.task)
    values = {
        "course": loaded.course,
        "task": task,
        "appeal": found,
        "title": _title(loaded, found),
        "answers": found.answers.select_related("by"),
        "form": form,
        "given": history(Subject.of(found.attempt, found.part)) if form and found.part else [],
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "appeals/one.html", values, status=status)


def _form(request: HttpRequest, loaded: LoadedCourse, found: Appeal) -> AnswerForm:
    report = _report(loaded, found.attempt)
    most = most_by_hand(report, found.part) if report is not None else Decimal(0)
    initial = {
        "answers_seen": found.answers.count(),
        "points_seen": version(Subject.of(found.attempt, found.part)),
    }
    return AnswerForm(most, request.POST or None, initial=initial)


def _answered(form: AnswerForm, found: Appeal, user: User) -> bool:
    """Return whether the form's answer was stored."""
    if not form.is_valid():
        return False
    data = form.cleaned_data
    points = data.get("points")
    try:
        answer(
            found,
            data["text"],
            user,
            timezone.now(),
            granted=data["granted"],
            answers_seen=data["answers_seen"],
            given=None if points is None else Given(points, data["points_seen"]),
        )
    except AlreadyAnsweredError:
        form.add_error(None, _("Somebody answered meanwhile: open the page again."))
        return False
    except MarkedMeanwhileError as error:
        said = _("%(name)s gave points for this part meanwhile, or is about to: open it again.")
        form.add_error(None, said % {"name": error.by.name})
        return False
    return True


def _report(loaded: LoadedCourse, attempt: Attempt) -> Report | None:
    grading = Grading.objects.current().filter(attempt=attempt).first()
    if grading is None or attempt.task not in loaded.packs:
        return None
    return report_on(loaded, timezone.now(), grading)


def _title(loaded: LoadedCourse, found: Appeal) -> Text | None:
    """Return what an appeal is about; None for the whole attempt, or what is no more."""
    pack = loaded.packs.get(found.attempt.task)
    if pack is None:
        return None
    if check := pack.checks.get(found.check_name):
        return check.statement
    return next((part.title for part in pack.unit.parts if part.id == found.part), None)
