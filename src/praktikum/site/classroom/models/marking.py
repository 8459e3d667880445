"""What people give: points by hand, scores from elsewhere, more time.

Rows are added, never changed: of those about the same student, task and part the newest counts.
"""

from __future__ import annotations

from django.db import models

from praktikum.site.classroom.models.attempts import Attempt
from praktikum.site.people.models import User

__all__ = ["Extension", "HandPoints", "MarkingClaim", "OutsideScore", "Snippet"]


class Said(models.Model):
    """What somebody said about one student's task, and when."""

    student = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("id",)


class HandPoints(Said):
    """Points for one part, with the comment that the student reads.

    ``attempt`` is the one that was looked at. Points None take back what was given before.
    """

    part = models.CharField(max_length=64)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    comment = models.TextField(blank=True)
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Said.Meta):
        indexes = (models.Index(fields=("student", "task", "part")),)


class OutsideScore(Said):
    """Points for a task that was marked elsewhere; ``received`` None: it came on time."""

    points = models.DecimalField(max_digits=6, decimal_places=2)
    bonus = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    received = models.DateTimeField(null=True)


class Extension(Said):
    """Another deadline: ``until`` is the last minute that is on time."""

    until = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)


class Snippet(models.Model):
    """A comment that its author wants to use again for a part of a task."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="snippets")
    task = models.CharField(max_length=64)
    part = models.CharField(max_length=64)
    text = models.TextField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("by", "task", "part", "text"), name="one_of_a_kind"),
        )


class MarkingClaim(models.Model):
    """Who is marking which answer just now, so that nobody else does unknowingly."""

    student = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    task = models.CharField(max_length=64)
    part = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("student", "task", "part"), name="one_marker_at_a_time"
            ),
        )
