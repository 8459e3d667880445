"""The classroom: the facts about a class."""

from __future__ import annotations

from django.apps import AppConfig


class ClassroomConfig(AppConfig):
    """Attempts, gradings, points by hand, extensions, appeals, and the journal."""

    name = "praktikum.site.classroom"
    label = "classroom"
