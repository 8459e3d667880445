"""What the staff sees of the class."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.ledger import rows_of
from praktikum.site.people.access import only, students_for, user_of
from praktikum.site.people.models import Role

__all__ = ["gradebook"]


@require_GET
@only(Role.ASSISTANT, Role.INSTRUCTOR)
def gradebook(request: HttpRequest) -> HttpResponse:
    """The gradebook: every student's score at every task, the sum and the mark."""
    loaded = course_now()
    rows = rows_of(loaded, timezone.now(), students_for(user_of(request)))
    values = {"course": loaded.course, "rows": rows, "problem": loaded.problem}
    return render(request, "instructor/gradebook.html", values)
