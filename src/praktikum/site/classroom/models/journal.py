"""The journal: what the staff did, and which tasks' scores students may see."""

from __future__ import annotations

from django.db import models

from praktikum.site.people.models import User

__all__ = ["AuditEntry", "Publication"]


class Publication(models.Model):
    """From ``at`` on, students see their scores at a task, or don't; the newest row counts.

    Without any row scores are seen as soon as they are there.
    """

    task = models.CharField(max_length=64)
    shown = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    @classmethod
    def held_back(cls) -> frozenset[str]:
        """Return the tasks whose scores students must not see now."""
        newest = dict(cls.objects.values_list("task", "shown"))  # in order: a later row replaces
        return frozenset(task for task, shown in newest.items() if not shown)


class AuditEntry(models.Model):
    """Who did what to what, and when. ``details`` is plain data.

    ``by`` is None for what the system did itself.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    what = models.CharField(max_length=200, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
