"""Grading a task again: what would change, and letting it count."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.models import Round
from praktikum.site.instructor.forms import RegradeForm
from praktikum.site.instructor.regrade import (
    apply_regrade,
    changes,
    open_regrade,
    turned_checks,
)
from praktikum.site.people.access import only, students_for, user_of
from praktikum.site.people.models import Role

__all__ = ["regrade", "regrades"]


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.INSTRUCTOR)
def regrades(request: HttpRequest) -> HttpResponse:
    """All rounds, and the form that opens a new one."""
    loaded, user = course_now(), user_of(request)
    form = RegradeForm(loaded.course, loaded.packs, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        opened = open_regrade(loaded, given["task"], given["why"], user, timezone.now())
        return redirect("instructor:regrade", round=opened.pk)
    rounds = Round.objects.select_related("by").annotate(
        graded=Count("gradings", distinct=True), waiting=Count("jobs", distinct=True)
    )
    values = {"course": loaded.course, "form": form, "rounds": rounds.order_by("-id")}
    status = 400 if form.errors else 200
    return render(request, "instructor/regrades.html", values, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.INSTRUCTOR)
def regrade(request: HttpRequest, round: int) -> HttpResponse:
    """What a round would change for whom; POST lets it count."""
    loaded, user, now = course_now(), user_of(request), timezone.now()
    found = get_object_or_404(Round.objects.select_related("by"), pk=round)
    if request.method == "POST":
        if apply_regrade(found, user, now):
            messages.success(request, _("The new gradings count now."))
        else:
            messages.error(request, _("Not yet: some attempts are still to be graded."))
        return redirect("instructor:regrade", round=found.pk)
    waiting = found.jobs.count()
    statements = {
        name: check.statement
        for pack in loaded.packs.values()
        for name, check in pack.checks.items()
    }
    is_open = found.applied_at is None
    turned = turned_checks(found) if is_open else {}
    values = {
        "course": loaded.course,
        "round": found,
        "waiting": waiting,
        "graded": found.gradings.count(),
        "changes": list(changes(loaded, found, students_for(user), now)) if is_open else [],
        "turned": [(statements.get(name), name, *counts) for name, counts in turned.items()],
    }
    response = render(request, "instructor/regrade.html", values)
    if waiting:
        response["Refresh"] = f"{min(5 + waiting // 10, 60)}"  # seconds: each look is at the class
    return response
