"""People with their roles, and the tokens with which they hand in from a terminal."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from praktikum.grader.facts import student_name

__all__ = ["Role", "SubmitToken", "User"]


class Role(models.TextChoices):
    """What a person is in the class; each of them may do what the next one may not."""

    STUDENT = "student", _("student")
    ASSISTANT = "assistant", _("assistant")
    INSTRUCTOR = "instructor", _("instructor")


class User(AbstractUser):
    """A person.

    ``username`` is what facts are stored by: it never changes and is nobody else's. ``name`` is
    what people read.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.STUDENT)

    objects: ClassVar[UserManager[User]] = UserManager()  # type: ignore[assignment]
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = student_name(self.name) or self.username
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_student(self) -> bool:
        return self.role == Role.STUDENT

    @property
    def is_staff_member(self) -> bool:
        """Whether the person sees the work of students."""
        return self.role in (Role.ASSISTANT, Role.INSTRUCTOR)

    @property
    def is_instructor(self) -> bool:
        return self.role == Role.INSTRUCTOR


class SubmitToken(models.Model):
    """A token of one person; only its digest is stored, so nobody can read it here."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    @classmethod
    def make(cls, user: User, now: dt.datetime) -> str:
        """Return a new token in plain text: it cannot be shown again."""
        token = secrets.token_urlsafe(32)
        cls.objects.create(user=user, digest=_digest(token), made_at=now)
        return token

    @classmethod
    def owner(cls, token: str) -> User | None:
        """Return whose token it is; None for one that is unknown, revoked, or of a closed account.

        A token has 256 random bits, so its plain digest cannot be reversed or searched.
        """
        found = cls.objects.filter(
            digest=_digest(token), revoked_at=None, user__is_active=True
        ).select_related("user")
        return next((each.user for each in found), None)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
