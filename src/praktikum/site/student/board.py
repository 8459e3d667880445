"""The leaderboard of a task whose points are earned by a measure, not by checks alone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from praktikum.site.arrival import arrived
from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.ledger import attempt_facts
from praktikum.site.classroom.models import Grading
from praktikum.site.grading.secret import grading_secret
from praktikum.site.people.access import classmates, sees_scores, user_of
from praktikum.site.student import leaderboard as boards
from praktikum.site.student.downloads import graded_here
from praktikum.site.student.pseudonyms import pseudonyms

__all__ = ["leaderboard"]


@require_GET
def leaderboard(request: HttpRequest, task: str) -> HttpResponse:
    """Whose masks reached what: pseudonyms for students, with names for the staff."""
    loaded, user = course_now(), user_of(request)
    known, unit = graded_here(loaded, task, arrived(request))
    if not unit.given or not sees_scores(user, task):
        raise Http404
    names = {student.username: student.name for student in classmates()}
    gradings = Grading.objects.current().filter(attempt__task=task)
    secret = grading_secret()
    places = boards.leaderboard(
        map(attempt_facts, gradings), pseudonyms(secret, task, names), names
    )
    values = {
        "course": loaded.course,
        "task": known,
        "unit": unit,
        # Names are for the staff: a page for students never has them.
        "places": [
            (place, names[place.student] if user.is_staff_member else "") for place in places
        ],
        "own": user.username,
    }
    return render(request, "student/leaderboard.html", values)
