"""What a student may take away: notebooks, the whole of a task, and one's own files."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from praktikum.checks import LANGUAGES, Language
from praktikum.course.calendar import Task
from praktikum.course.unit import Unit
from praktikum.site.arrival import arrived
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.people.access import attempt_for, only, user_of
from praktikum.site.people.models import Role
from praktikum.site.student.handout import handout, handout_name
from praktikum.site.student.notebooks import student_notebook

__all__ = ["archive", "download", "file", "graded_here", "notebook", "pack"]


@require_GET
@only(Role.STUDENT)
def notebook(request: HttpRequest, task: str, lang: str) -> HttpResponse:
    """The notebook of a task."""
    _, unit = graded_here(course_now(), task, arrived(request))
    name, text = student_notebook(unit, _language(lang))
    return download(name, text.encode())


@require_GET
@only(Role.STUDENT)
def pack(request: HttpRequest, task: str, lang: str) -> HttpResponse:
    """The notebook with its checks, the library, and what the task gives to predict from."""
    loaded, language = course_now(), _language(lang)
    graded_here(loaded, task, arrived(request))
    return download(handout_name(task, language), handout(loaded, task, language))


@require_GET
def file(request: HttpRequest, public: UUID) -> HttpResponse:
    """The file as it was handed in; always a download, never shown."""
    found = attempt_for(user_of(request), public)
    return download(found.source, bytes(found.file.content))


@require_GET
def archive(request: HttpRequest, public: UUID) -> HttpResponse:
    """The archive that came with the file, if one did."""
    found = attempt_for(user_of(request), public)
    if found.archive is None:
        raise Http404
    packs = course_now().packs
    known = found.task in packs  # else the task has gone since
    name = packs[found.task].unit.asked.archive if known else "predictions.zip"
    return download(name, bytes(found.archive.content))


def graded_here(loaded: LoadedCourse, task: str, now: dt.datetime) -> tuple[Task, Unit]:
    """Return the task and its unit.

    Raises:
        Http404: it isn't graded here, or isn't given out yet.
    """
    if task not in loaded.packs or (known := loaded.course.task(task)).issued > now:
        raise Http404
    return known, loaded.packs[task].unit


def download(name: str, content: bytes) -> HttpResponse:
    """Return an answer that a browser keeps as a file and never shows."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def _language(lang: str) -> Language:
    for language in LANGUAGES:
        if language == lang:
            return language
    raise Http404
