"""Marking by hand: what there is to mark, and one answer beside its rubric."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from praktikum.course.unit import Part
from praktikum.grader.phrasing import plain
from praktikum.site.classroom.course import LoadedCourse, course_now
from praktikum.site.classroom.models import Attempt, Snippet
from praktikum.site.marking import answers as found_answers
from praktikum.site.marking.answers import parts_by_hand
from praktikum.site.marking.forms import MarkForm
from praktikum.site.marking.pictures import PictureError, redrawn
from praktikum.site.marking.points import (
    MarkedMeanwhileError,
    Subject,
    claim,
    give,
    history,
    release,
)
from praktikum.site.marking.work import work_of
from praktikum.site.people.access import attempt_for, only, students_for, user_of
from praktikum.site.people.models import Role, User

__all__ = ["answer", "following", "forget", "let_go", "names", "part", "picture", "queue"]

_NAMES = "marking.names"  # in the session: whether names are shown
_SNIPPETS = 30
_staff = only(Role.ASSISTANT, Role.INSTRUCTOR)


@require_GET
@_staff
def queue(request: HttpRequest) -> HttpResponse:
    """What there is to mark, part by part."""
    loaded, now, students = course_now(), timezone.now(), students_for(user_of(request))
    tasks = []
    for task in loaded.packs:
        if parts := parts_by_hand(loaded, task):
            counts = found_answers.counts(found_answers.answers(loaded, now, students, task))
            tasks.append((loaded.course.task(task), [(part, counts[part.id]) for part in parts]))
    values = {"course": loaded.course, "tasks": tasks, "names": _shows_names(request)}
    return render(request, "marking/queue.html", values)


@require_POST
@_staff
def names(request: HttpRequest) -> HttpResponse:
    """Show the names of who wrote what, or hide them; it holds for this session."""
    request.session[_NAMES] = request.POST.get("names") == "1"
    return redirect("marking:queue")


@require_GET
@_staff
def part(request: HttpRequest, task: str, part: str) -> HttpResponse:
    """All answers to a part, with what each has got and who is at it."""
    loaded, user = course_now(), user_of(request)
    known = _part(loaded, task, part)
    found = found_answers.answers(loaded, timezone.now(), students_for(user), task)
    values = {
        "course": loaded.course,
        "task": loaded.course.task(task),
        "part": known,
        "answers": [each for each in found if each.part.id == part],
        "names": _shows_names(request),
    }
    return render(request, "marking/part.html", values)


@require_POST
@_staff
def following(request: HttpRequest, task: str, part: str) -> HttpResponse:
    """Go to the next answer that nobody has marked and nobody is marking."""
    loaded, user, now = course_now(), user_of(request), timezone.now()
    _part(loaded, task, part)
    found = found_answers.answers(loaded, now, students_for(user), task)
    for each in found_answers.queue_of(found, part, user):
        if claim(Subject.of(each.attempt, part), user, now).by_id == user.pk:
            return redirect("marking:answer", public=each.attempt.public, part=part)
    messages.success(request, _("Nothing of this part waits for you."))
    return redirect("marking:queue")


@require_http_methods(["GET", "HEAD", "POST"])
@_staff
def answer(request: HttpRequest, public: UUID, part: str) -> HttpResponse:
    """One answer beside its rubric; who opens it has it for a while, if it is free."""
    loaded, user, now = course_now(), user_of(request), timezone.now()
    attempt = attempt_for(user, public)
    known = _part(loaded, attempt.task, part)
    subject = Subject.of(attempt, part)
    snippets = list(Snippet.objects.filter(task=attempt.task, part=part)[:_SNIPPETS])
    past = history(subject)
    initial = {
        "seen": past[0].pk if past else 0,
        "points": plain(past[0].points) if past and past[0].points is not None else "",
        "comment": past[0].comment if past else "",
    }
    form = MarkForm(known.by_hand, snippets, request.POST or None, initial=initial)
    chosen, meanwhile = request.POST.getlist("snippets"), ""
    if request.method == "POST":
        try:
            if _given(form, subject, attempt, user, now, taken_back="take_back" in request.POST):
                return _onwards(request, attempt, part)
        except MarkedMeanwhileError as error:
            meanwhile = error.by.name
    work = work_of(attempt)
    about = work.about(part)
    values = {
        "course": loaded.course,
        "task": loaded.course.task(attempt.task),
        "part": known,
        "attempt": attempt,
        "cells": about,
        "rest": [cell for cell in work.cells if cell not in about],
        "cut": work.cut,
        "form": form,
        "snippets": [(each, str(each.pk) in chosen) for each in snippets],
        "history": past,
        "newest": initial["seen"],
        "meanwhile": meanwhile,
        "claim": claim(subject, user, now),
        "names": _shows_names(request),
    }
    status = 409 if meanwhile else 400 if form.errors else 200
    return render(request, "marking/answer.html", values, status=status)


@require_POST
@_staff
def let_go(request: HttpRequest, public: UUID, part: str) -> HttpResponse:
    """Leave an answer to others."""
    attempt = attempt_for(user_of(request), public)
    _part(course_now(), attempt.task, part)
    release(Subject.of(attempt, part), user_of(request))
    return redirect("marking:part", task=attempt.task, part=part)


@require_GET
def picture(request: HttpRequest, public: UUID, place: int) -> HttpResponse:
    """A picture out of a notebook, drawn anew."""
    pictures = work_of(attempt_for(user_of(request), public)).pictures
    if place >= len(pictures):
        raise Http404
    try:
        response = HttpResponse(redrawn(pictures[place]), content_type="image/png")
    except PictureError:
        raise Http404 from None
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@require_POST
@_staff
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Forget a comment that one has kept for use again."""
    snippet = get_object_or_404(Snippet, pk=number, by=user_of(request))
    snippet.delete()
    messages.success(request, _("The comment is forgotten."))
    return redirect("marking:part", task=snippet.task, part=snippet.part)


def _part(loaded: LoadedCourse, task: str, part: str) -> Part:
    for each in parts_by_hand(loaded, task) if task in loaded.packs else ():
        if each.id == part:
            return each
    raise Http404


def _shows_names(request: HttpRequest) -> bool:
    return bool(request.session.get(_NAMES, False))


def _given(
    form: MarkForm,
    subject: Subject,
    attempt: Attempt,
    user: User,
    now: dt.datetime,
    *,
    taken_back: bool,
) -> bool:
    """Return whether the points of the form were stored."""
    if taken_back:
        form.fields["points"].required = False
    if not form.is_valid():
        return False
    data = form.cleaned_data
    with transaction.atomic():
        give(
            subject,
            attempt,
            None if taken_back else data["points"],
            "" if taken_back else form.whole_comment,
            user,
            now,
            seen=data["seen"],
            knowingly=data["knowingly"],
        )
        if data["keep"] and (text := data["comment"].strip()):
            Snippet.objects.get_or_create(by=user, task=subject.task, part=subject.part, text=text)
    return True


def _onwards(request: HttpRequest, attempt: Attempt, part: str) -> HttpResponse:
    messages.success(request, _("Saved."))
    if "next" in request.POST:
        return following(request, task=attempt.task, part=part)
    return redirect("marking:answer", public=attempt.public, part=part)
