"""What the staff decides about tasks: more time for one student, and who sees scores when."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.journal import Verb, record
from praktikum.site.classroom.models import Extension, Publication
from praktikum.site.instructor.forms import ExtensionForm, PublicationForm
from praktikum.site.people.access import only, students_for, user_of
from praktikum.site.people.models import Role

__all__ = ["extensions", "publication"]


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.INSTRUCTOR)
def extensions(request: HttpRequest) -> HttpResponse:
    """Give a student more time for a task, with a reason; and who has got some."""
    loaded, user, now = course_now(), user_of(request), timezone.now()
    with timezone.override(loaded.course.zone):  # a time without a zone is the course's
        form = ExtensionForm(loaded.course, students_for(user), request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            with transaction.atomic():
                Extension.objects.create(**given, by=user, at=now)
                what = f"{given['student'].username}, {given['task']}"
                until = given["until"].isoformat()
                record(user, Verb.EXTENDED, what, now, until=until, why=given["why"])
            messages.success(request, _("The deadline is extended."))
            return redirect("instructor:extensions")
        past = Extension.objects.select_related("student", "by").order_by("-id")
        titles = {task.id: task.title for task in loaded.course.tasks}
        values = {
            "course": loaded.course,
            "form": form,
            "extensions": [(each, titles.get(each.task)) for each in past],
        }
        status = 400 if form.errors else 200
        return render(request, "instructor/extensions.html", values, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.INSTRUCTOR)
def publication(request: HttpRequest) -> HttpResponse:
    """Show the scores at a task to students, or hold them back."""
    loaded, user, now = course_now(), user_of(request), timezone.now()
    form = PublicationForm(loaded.course, request.POST or None)
    if request.method == "POST" and form.is_valid():
        task, shown = form.cleaned_data["task"], form.cleaned_data["shown"] == "1"
        with transaction.atomic():
            Publication.objects.create(task=task, shown=shown, by=user, at=now)
            record(user, Verb.PUBLISHED if shown else Verb.HELD_BACK, task, now)
        said = _("Scores are shown now.") if shown else _("Scores are held back now.")
        messages.success(request, said)
        return redirect("instructor:publication")
    newest = {each.task: each for each in Publication.objects.select_related("by")}
    values = {
        "course": loaded.course,
        "tasks": [(task, newest.get(task.id)) for task in loaded.course.tasks],
    }
    status = 400 if form.errors else 200
    return render(request, "instructor/publication.html", values, status=status)
