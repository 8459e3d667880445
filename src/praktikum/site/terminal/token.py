"""The page on which a student makes a token for the terminal, or revokes it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from praktikum.site.classroom.course import course_now
from praktikum.site.people.access import only, user_of
from praktikum.site.people.models import Role, SubmitToken

__all__ = ["token"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.STUDENT)
def token(request: HttpRequest) -> HttpResponse:
    """Make a token, which revokes the one before and is shown once; or only revoke."""
    loaded, user, now = course_now(), user_of(request), timezone.now()
    made = None
    if request.method == "POST":
        with transaction.atomic():
            user.tokens.filter(revoked_at=None).update(revoked_at=now)
            if "revoke" not in request.POST:
                made = SubmitToken.make(user, now)
        if made is None:
            messages.success(request, _("The token is revoked."))
            return redirect("terminal:token")
    values = {
        "course": loaded.course,
        "made": made,
        "current": user.tokens.filter(revoked_at=None).last(),
        "site": request.build_absolute_uri("/"),
    }
    return render(request, "terminal/token.html", values)
