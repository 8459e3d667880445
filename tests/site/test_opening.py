"""What `praktikum serve` does before the doors open: once, however often it is started."""

from __future__ import annotations

import stat
from collections.abc import Callable

from django.conf import settings
from django.test import Client

from praktikum.site.classroom.models import CourseVersion, Round
from praktikum.site.opening import first_instructor, is_empty, make_ready
from praktikum.site.people.models import Role, User

from .conftest import NOW

Browser = Callable[..., Client]


def test_the_first_instructor_is_made_once_and_can_sign_in(db: None, browser: Browser) -> None:
    assert is_empty()
    account = first_instructor()
    assert account is not None
    assert first_instructor() is None
    sign_in = dict(zip(("username", "password"), account, strict=True))
    answer = browser().post("/people/sign-in/", sign_in, follow=True)
    assert answer.redirect_chain == [("/", 302), ("/class/", 302)]
    assert account[1] not in User.objects.get(username=account[0]).password


def test_a_class_that_has_an_instructor_gets_no_other(db: None) -> None:
    User.objects.create(username="teacher", role=Role.INSTRUCTOR)
    assert first_instructor() is None


def test_opening_again_changes_nothing(db: None) -> None:
    make_ready(NOW)
    assert Round.objects.count() == CourseVersion.objects.count() == 1


def test_keys_are_for_their_owner_alone() -> None:
    for name in ("django-key", "grading-secret"):
        assert stat.S_IMODE((settings.PLACE.data / name).stat().st_mode) == 0o600
