"""Appeals of students, and the answers to them."""

from __future__ import annotations

import uuid

from django.db import models

from praktikum.site.classroom.models.attempts import Attempt
from praktikum.site.people.models import User

__all__ = ["Answer", "Appeal"]


class Appeal(models.Model):
    """A student's objection to the grading of an attempt.

    It is about a part, or one check of it, or (both empty) the whole.
    """

    public = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="appeals")
    part = models.CharField(max_length=64, blank=True)
    check_name = models.CharField(max_length=100, blank=True)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class Answer(models.Model):
    """What somebody of the staff answered; points are given by `HandPoints`, beside it."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    granted = models.BooleanField()

    class Meta:
        ordering = ("id",)
