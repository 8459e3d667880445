"""People: who they are and what they may do."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, their roles and their tokens."""

    name = "praktikum.site.people"
    label = "people"
