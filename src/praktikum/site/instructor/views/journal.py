"""The journal: who of the staff did what, and when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from praktikum.site.classroom.course import course_now
from praktikum.site.classroom.journal import Verb
from praktikum.site.classroom.models import AuditEntry
from praktikum.site.people.access import only
from praktikum.site.people.models import Role

__all__ = ["journal"]

_ON_A_PAGE = 100


@require_GET
@only(Role.INSTRUCTOR)
def journal(request: HttpRequest) -> HttpResponse:
    """Entries from the newest on, of one kind if that is asked."""
    entries = AuditEntry.objects.select_related("by").order_by("-id")
    verb = request.GET.get("verb", "")
    if verb in Verb.values:
        entries = entries.filter(verb=verb)
    words = dict(Verb.choices)
    page = Paginator(entries, _ON_A_PAGE).get_page(request.GET.get("page"))
    values = {
        "course": course_now().course,
        "page": page,
        "entries": [(each, words.get(each.verb, each.verb)) for each in page],
        "verbs": Verb.choices,
        "verb": verb,
    }
    return render(request, "instructor/journal.html", values)
