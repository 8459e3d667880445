"""Writing the journal: what somebody of the staff did is on record, or was not done.

To be called in the transaction of what it tells of.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from praktikum.site.classroom.models import AuditEntry
from praktikum.site.people.models import User

__all__ = ["Verb", "record"]


class Verb(models.TextChoices):
    """What can be done that the journal tells of; the labels are what people read."""

    EXTENDED = "extended", _("extended a deadline")
    PUBLISHED = "published", _("published scores")
    HELD_BACK = "held back", _("held scores back")
    IMPORTED_ROSTER = "imported roster", _("imported a roster")
    INVITED = "invited", _("made one-time links")
    IMPORTED_SCORES = "imported scores", _("imported scores given elsewhere")
    OPENED_REGRADE = "opened regrade", _("began to grade again")
    APPLIED_REGRADE = "applied regrade", _("applied a regrade")
    EXPORTED = "exported", _("downloaded the gradebook")
    MARKED = "marked", _("gave points by hand")
    ANSWERED = "answered", _("answered an appeal")


def record(
    by: User | None, verb: Verb, what: str, now: dt.datetime, **details: str | int | bool | None
) -> AuditEntry:
    """Return the stored entry.

    Args:
        by: who did it; None for the system.
        what: to what it was done, in a few words: a student and a task.
        details: plain data for whoever looks closely.
    """
    return AuditEntry.objects.create(
        at=now, by=by, verb=verb.value, what=what[:200], details=details
    )
