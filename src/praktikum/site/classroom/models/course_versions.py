"""The course files that were in force, in the order of their loading."""

from __future__ import annotations

from django.db import models

__all__ = ["CourseVersion"]


class CourseVersion(models.Model):
    """The text of course.toml as it was from ``loaded_at`` on."""

    loaded_at = models.DateTimeField()
    digest = models.CharField(max_length=64)  # SHA-256 of the text and of every unit's file
    text = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.digest[:12]} from {self.loaded_at:%Y-%m-%d %H:%M}"
