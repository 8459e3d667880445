"""Where the class stands: spread of scores, and checks that fail."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.ledger import rows_of
from praktikum.site.instructor.charts import HEIGHT, WIDTH, bars, check_counts, spread
from praktikum.site.people.access import only, students_for, user_of
from praktikum.site.people.models import Role

__all__ = ["statistics"]


@require_GET
@only(Role.ASSISTANT, Role.INSTRUCTOR)
def statistics(request: HttpRequest, task: str = "") -> HttpResponse:
    """The spread of scores at a task, by default the first, and how its checks went."""
    loaded = course_now()
    by_id = {each.id: each for each in loaded.course.tasks}
    known = by_id.get(task or next(iter(by_id)))
    if known is None:
        raise Http404
    book = rows_of(loaded, timezone.now(), students_for(user_of(request)))
    rows = [row for _, row in book]
    found = spread(rows, known)
    values = {
        "course": loaded.course,
        "task": known,
        "spread": found,
        "bars": bars(found.counts),
        "width": WIDTH,
        "height": HEIGHT,
        "checks": check_counts(rows, known.id),
        "has_masks": known.id in loaded.packs and bool(loaded.packs[known.id].unit.given),
    }
    return render(request, "instructor/statistics.html", values)
