"""Scores that were given elsewhere, brought as a table."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from praktikum.grader.facts import FactsError, OutsideScore
from praktikum.site.classroom import models
from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.journal import Verb, record
from praktikum.site.instructor.forms import TableForm
from praktikum.site.instructor.outside_scores import scores_plan, store_scores
from praktikum.site.people.access import only, students_for, user_of
from praktikum.site.people.models import Role, User

__all__ = ["outside"]


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.INSTRUCTOR)
def outside(request: HttpRequest) -> HttpResponse:
    """A table is looked at first, then stored when that is asked; what was given before stays."""
    loaded, user, now = course_now(), user_of(request), timezone.now()
    is_sent = request.method == "POST"
    form = TableForm(request.POST, request.FILES) if is_sent else TableForm()
    plan: list[tuple[User, OutsideScore]] = []
    problems: tuple[str, ...] = ()
    text = ""
    if form.is_valid():
        name, content = form.table
        try:
            plan = scores_plan(name, content, loaded.course, students_for(user))
        except FactsError as error:
            problems = error.problems
        else:
            if "import" in request.POST:
                with transaction.atomic():
                    count = store_scores(plan, user, now)
                    record(user, Verb.IMPORTED_SCORES, "", now, scores=count)
                messages.success(request, _("Stored: %(count)s scores.") % {"count": count})
                return redirect("instructor:outside")
            text = content.decode("utf-8-sig")
    titles = {task.id: task.title for task in loaded.course.tasks}
    given = models.OutsideScore.objects.select_related("student", "by").order_by("-id")[:500]
    values = {
        "course": loaded.course,
        "form": TableForm() if form.is_valid() else form,
        "plan": [(student, titles[score.task], score) for student, score in plan],
        "problems": problems,
        "text": text,
        "given": [(score, titles.get(score.task)) for score in given],
    }
    status = 400 if problems or form.errors else 200
    return render(request, "instructor/outside.html", values, status=status)
