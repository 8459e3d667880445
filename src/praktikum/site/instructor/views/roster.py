"""People of the class: who they are, a roster to import, and one-time links for them."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from praktikum.grader.facts import FactsError
from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.journal import Verb, record
from praktikum.site.instructor.forms import TableForm
from praktikum.site.instructor.roster import RosterPlan, import_roster, roster_plan
from praktikum.site.people.access import only, user_of
from praktikum.site.people.invitations import invitation_path
from praktikum.site.people.models import Role, User
from praktikum.site.student.downloads import download

__all__ = ["invite", "invite_all", "roster"]


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.INSTRUCTOR)
def roster(request: HttpRequest) -> HttpResponse:
    """Everybody, and the import: a file is looked at first, then imported when that is asked."""
    is_sent = request.method == "POST"
    form = TableForm(request.POST, request.FILES) if is_sent else TableForm()
    plan: RosterPlan | None = None
    problems: tuple[str, ...] = ()
    text = ""
    if form.is_valid():
        name, content = form.table
        try:
            plan = roster_plan(name, content)
        except FactsError as error:
            problems = error.problems
        else:
            if "import" in request.POST:
                return _import(request, plan)
            text = content.decode("utf-8-sig")
    values = {
        "course": course_now().course,
        "form": TableForm() if form.is_valid() else form,
        "plan": plan,
        "problems": problems,
        "text": text,
        "people": User.objects.order_by("role", "name", "username"),
    }
    status = 400 if problems or form.errors else 200
    return render(request, "instructor/roster.html", values, status=status)


@never_cache
@require_POST
@only(Role.INSTRUCTOR)
def invite(request: HttpRequest, username: str) -> HttpResponse:
    """Make a one-time link for somebody, and show it."""
    person = get_object_or_404(User, username=username, is_active=True)
    record(user_of(request), Verb.INVITED, person.username, timezone.now())
    link = request.build_absolute_uri(invitation_path(person))
    return render(request, "instructor/link.html", {"person": person, "link": link})


@never_cache
@require_POST
@only(Role.INSTRUCTOR)
def invite_all(request: HttpRequest) -> HttpResponse:
    """Make links for all who have no password yet: a table for sending them by mail."""
    everybody = User.objects.filter(is_active=True).order_by("name", "username")
    people = [user for user in everybody if not user.has_usable_password()]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["username", "name", "email", "link"])
    for person in people:
        link = request.build_absolute_uri(invitation_path(person))
        writer.writerow([person.username, person.name, person.email, link])
    what = _("all who have no password")
    record(user_of(request), Verb.INVITED, what, timezone.now(), people=len(people))
    return download("invitations.csv", text.getvalue().encode("utf-8-sig"))


def _import(request: HttpRequest, plan: RosterPlan) -> HttpResponse:
    with transaction.atomic():
        made = import_roster(plan)
        record(
            user_of(request),
            Verb.IMPORTED_ROSTER,
            "",
            timezone.now(),
            new=len(made),
            changed=len(plan.changed),
        )
    said = _("Imported: %(new)s new, %(changed)s changed.")
    messages.success(request, said % {"new": len(made), "changed": len(plan.changed)})
    return redirect("instructor:roster")
