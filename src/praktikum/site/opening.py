"""Opening a site: its database as the code wants it, its course on record, somebody to run it."""

from __future__ import annotations

import datetime as dt
import secrets

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from praktikum.site.classroom.course import course_now, record_version
from praktikum.site.classroom.models import Round
from praktikum.site.grading.secret import verify_secret
from praktikum.site.people.models import Role, User

__all__ = ["first_instructor", "has_tables", "is_empty", "make_ready"]


def make_ready(now: dt.datetime) -> None:
    """Bring the database up to date, put the course on record, open the first round.

    Raises:
        CourseError, CheckError, PackError: the course is wrong.
        OtherSecretError: the database is one of another secret.
    """
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        verify_secret()
        version = record_version(course_now(), now)
        if not Round.objects.exists():
            Round.objects.create(
                why="first grading", course_version=version, opened_at=now, applied_at=now
            )


def has_tables() -> bool:
    """Whether the database is as this code wants it."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_empty() -> bool:
    """Whether there is nobody on the site yet."""
    return not User.objects.exists()


def first_instructor() -> tuple[str, str] | None:
    """Return sign-in name and password of a new instructor; None where there is one already.

    The password is stored nowhere in plain text: whoever calls this shows it, once.
    """
    if User.objects.filter(role=Role.INSTRUCTOR, is_active=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    User.objects.create_user("instructor", password=password, role=Role.INSTRUCTOR)
    return "instructor", password
