"""Who may see what. Every view gets its objects from here.

What a person may not see does not exist for them: it is a 404, never a 403, and looks the same as
an address that nobody ever had.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from praktikum.site.classroom.models import Appeal, Attempt, Publication
from praktikum.site.people.models import Role, User

__all__ = [
    "appeal_for",
    "appeals_for",
    "attempt_for",
    "classmates",
    "only",
    "sees_scores",
    "students_for",
    "user_of",
]

View = Callable[..., HttpResponse]


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; to be called where somebody must be."""
    assert isinstance(request.user, User), "a page without sign-in asked who is signed in"
    return request.user


def only(*roles: Role) -> Callable[[View], View]:
    """Return a decorator of views that exist for these roles alone."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if user_of(request).role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def attempt_for(user: User, public: Any) -> Attempt:
    """Return the attempt of that public name: one's own, or anybody's for the staff.

    Raises:
        Http404: there is none for this person.
    """
    attempts = Attempt.objects.select_related("student")
    if not user.is_staff_member:
        attempts = attempts.filter(student=user)
    return get_object_or_404(attempts, public=public)


def appeal_for(user: User, public: Any) -> Appeal:
    """Return the appeal of that public name: one's own, or anybody's for the staff.

    Raises:
        Http404: there is none for this person.
    """
    return get_object_or_404(appeals_for(user), public=public)


def appeals_for(user: User) -> QuerySet[Appeal]:
    """Return the appeals that a person sees: one's own, or everybody's for the staff."""
    appeals = Appeal.objects.select_related("attempt__student")
    return appeals if user.is_staff_member else appeals.filter(attempt__student=user)


def students_for(user: User) -> list[User]:
    """Return the students whom a person sees: oneself, or all of the active ones for the staff."""
    if not user.is_staff_member:
        return [user] if user.is_student else []
    return classmates()


def classmates() -> list[User]:
    """Return all active students, for what is computed of the whole class and shown to a part.

    Whoever calls it must show a student nothing by which another one could be known.
    """
    return list(User.objects.filter(role=Role.STUDENT, is_active=True))


def sees_scores(user: User, task: str) -> bool:
    """Whether a person sees scores at a task now: students don't while these are held back."""
    return user.is_staff_member or task not in Publication.held_back()
