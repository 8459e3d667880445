"""A roster as a table: looked at first (`roster_plan` does nothing), then imported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from praktikum.grader.csv_table import Row, each_once, read_rows
from praktikum.grader.facts import FactsError, student_name
from praktikum.site.people.models import Role, User

__all__ = ["Entry", "RosterPlan", "import_roster", "roster_plan"]

_USERNAME = re.compile(r"[\w.@+-]{1,150}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_ROLES = (Role.STUDENT, Role.ASSISTANT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a roster."""

    username: str
    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """What importing a roster would do.

    Attributes:
        new: people who would get an account.
        changed: those who have one that says something else, with what it says now.
        same: how many it says nothing new about.
        absent: students of the site who are not in it; their accounts stay.
    """

    new: tuple[Entry, ...]
    changed: tuple[tuple[Entry, User], ...]
    same: int
    absent: tuple[User, ...]


def roster_plan(name: str, content: bytes) -> RosterPlan:
    """Return what importing the roster would do: columns username, name, email, role (optional).

    Raises:
        FactsError: with every mistake of the table.
    """
    rows = read_rows(name, content, ("username", "name"), ("email", "role"), _entry)
    entries = each_once(name, rows, lambda entry: entry.username.casefold())
    known = {user.username.casefold(): user for user in User.objects.all()}
    staff = [
        f"{name}: {entry.username} is {known[entry.username.casefold()].role} here: a roster "
        f"makes nobody {entry.role} who is something else"
        for entry in entries
        if (user := known.get(entry.username.casefold())) and user.role != entry.role
    ]
    if staff:
        raise FactsError(staff)
    found = [(entry, known.get(entry.username.casefold())) for entry in entries]
    changed = tuple((entry, user) for entry, user in found if user and _differs(entry, user))
    named = {entry.username.casefold() for entry in entries}
    return RosterPlan(
        new=tuple(entry for entry, user in found if user is None),
        changed=changed,
        same=sum(user is not None for _, user in found) - len(changed),
        absent=tuple(
            user
            for key, user in known.items()
            if user.is_student and user.is_active and key not in named
        ),
    )


def import_roster(plan: RosterPlan) -> list[User]:
    """Carry the plan out; return the new people, who have no password yet."""
    for entry, user in plan.changed:
        user.name, user.email, user.is_active = entry.name, entry.email or user.email, True
        user.save(update_fields=["name", "email", "is_active"])
    made: list[User] = []
    for entry in plan.new:
        user = User(username=entry.username, name=entry.name, email=entry.email, role=entry.role)
        user.set_unusable_password()
        user.save()
        made.append(user)
    return made


def _entry(row: Row) -> Entry:
    username, email = row["username"], row.get("email", "")
    if not _USERNAME.fullmatch(username):
        raise ValueError(
            f"username: {username!r} is not up to 150 letters, digits and signs of @.+-_"
        )
    if email and not _EMAIL.fullmatch(email):
        raise ValueError(f"email: {email!r} is no address")
    role = row.get("role") or Role.STUDENT.value
    if role not in [known.value for known in _ROLES]:
        wanted = " or ".join(known.value for known in _ROLES)
        raise ValueError(f"role: {role!r} is not {wanted}")
    return Entry(username, student_name(row["name"])[:150], email, Role(role))


def _differs(entry: Entry, user: User) -> bool:
    same_email = not entry.email or entry.email == user.email
    return entry.name != user.name or not same_email or not user.is_active
