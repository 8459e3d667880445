"""What `praktikum submit` asks: JSON for whoever sends a token in ``Authorization: Bearer``.

Cookies count for nothing here, so another site's page cannot act for somebody who is signed in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import Http404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from praktikum.checks import Text
from praktikum.grader.report import report_to_json
from praktikum.site.arrival import arrived
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.intake import IntakeError, take_in
from praktikum.site.classroom.ledger import report_on
from praktikum.site.classroom.models import Attempt, Grading
from praktikum.site.grading.queue import place
from praktikum.site.people.access import attempt_for, sees_scores
from praktikum.site.people.models import SubmitToken, User

__all__ = ["attempt", "submit"]

View = Callable[..., HttpResponse]


def _with_token(view: View) -> View:
    """Return the view for the student whose token came with the request."""

    @csrf_exempt
    @login_not_required
    @functools.wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        user = SubmitToken.owner(token.strip()) if scheme.lower() == "bearer" else None
        if user is None or not user.is_student:
            refused = _refused(_NO_TOKEN, 401)
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        try:
            return view(request, user, **kwargs)
        except Http404:
            return _refused(_NOT_THERE, 404)

    return guarded


@_with_token
@require_POST
def submit(request: HttpRequest, user: User, named: str) -> HttpResponse:
    """Take in ``file`` (and ``archive``) for a task, named by its id or its unit's."""
    loaded = course_now()
    file, archive = request.FILES.get("file"), request.FILES.get("archive")
    if file is None:
        return _refused(_NO_FILE, 400)
    try:
        taken = take_in(
            loaded,
            user,
            _task(loaded, named),
            file.name or "",
            file.read(),
            arrived(request),
            archive.read() if archive else None,
        )
    except IntakeError as error:
        return _refused(error.text, 400)
    return JsonResponse(_state(request, loaded, user, taken), status=201)


@_with_token
@require_GET
def attempt(request: HttpRequest, user: User, public: UUID) -> HttpResponse:
    """What has become of an attempt."""
    return JsonResponse(_state(request, course_now(), user, attempt_for(user, public)))


def _task(loaded: LoadedCourse, named: str) -> str:
    units = {pack.unit.id: task for task, pack in loaded.packs.items()}
    return units.get(named, named)


def _state(
    request: HttpRequest, loaded: LoadedCourse, user: User, found: Attempt
) -> dict[str, Any]:
    page = reverse("student:attempt", kwargs={"public": found.public})
    state: dict[str, Any] = {
        "attempt": str(found.public),
        "task": found.task,
        "received": found.received.astimezone(loaded.course.zone).isoformat(),
        "page": request.build_absolute_uri(page),
    }
    if not sees_scores(user, found.task):
        return state | {"state": "held back"}
    grading = Grading.objects.current().filter(attempt=found).first()
    if grading is None:
        return state | {"state": "queued", "before": place(found)}
    report = report_on(loaded, timezone.now(), grading)
    return state | {"state": "graded", "report": report_to_json(report)}


def _refused(text: Text, status: int) -> HttpResponse:
    return JsonResponse({"error": {"ru": text.ru, "en": text.en}}, status=status)


_NO_TOKEN = Text(
    ru="Токен не подходит: сделайте новый на странице «Терминал».",
    en="The token does not fit: make a new one on the page “Terminal”.",
)
_NO_FILE = Text(ru="Не пришёл файл с работой.", en="No file came.")
_NOT_THERE = Text(ru="Здесь такого нет.", en="There is no such thing here.")
