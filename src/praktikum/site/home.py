"""The front door: where each role begins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from praktikum.site.people.access import user_of

__all__ = ["home"]


def home(request: HttpRequest) -> HttpResponse:
    """Send a student to the course, and the staff to the class."""
    return redirect(
        "instructor:gradebook" if user_of(request).is_staff_member else "student:course"
    )
