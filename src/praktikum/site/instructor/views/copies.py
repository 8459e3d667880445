"""Works that are alike, and two of them side by side."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from praktikum.site.classroom.course import course_now
from praktikum.site.instructor.copies import newest_works, pairs, side_by_side
from praktikum.site.people.access import attempt_for, only, students_for, user_of
from praktikum.site.people.models import Role

__all__ = ["pair", "similar"]

_SHOWN = 200
_COMMON = 10  # what more works have is how one writes such a thing


@require_GET
@only(Role.ASSISTANT, Role.INSTRUCTOR)
def similar(request: HttpRequest, task: str = "") -> HttpResponse:
    """The pairs of works at a task that are alike, most alike first."""
    loaded = course_now()
    task = task or next(iter(loaded.packs), "")
    if task not in loaded.packs:
        raise Http404
    works = newest_works(task, students_for(user_of(request)))
    with_common = request.GET.get("common") == "1"
    alike = pairs(loaded.packs[task], works, None if with_common else _COMMON)
    values = {
        "course": loaded.course,
        "task": loaded.course.task(task),
        "tasks": [loaded.course.task(each) for each in loaded.packs],
        "works": len(works),
        "common": _COMMON,
        "with_common": with_common,
        "pairs": [
            (works[each.one], works[each.other], round(100 * each.part), each.shared)
            for each in alike[:_SHOWN]
        ],
        "more": max(0, len(alike) - _SHOWN),
    }
    return render(request, "instructor/similar.html", values)


@require_GET
@only(Role.ASSISTANT, Role.INSTRUCTOR)
def pair(request: HttpRequest, one: UUID, other: UUID) -> HttpResponse:
    """Two works side by side; what they share beyond what was given is marked."""
    loaded, user = course_now(), user_of(request)
    first, second = attempt_for(user, one), attempt_for(user, other)
    if first.task != second.task or first.task not in loaded.packs:
        raise Http404
    values = {
        "course": loaded.course,
        "task": loaded.course.task(first.task),
        "sides": side_by_side(loaded.packs[first.task], first, second),
    }
    return render(request, "instructor/pair.html", values)
