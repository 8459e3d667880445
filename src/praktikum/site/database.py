"""The database of a site, as Django's settings want it described."""

from __future__ import annotations

from typing import Any

import dj_database_url

from praktikum.site.place import Place

__all__ = ["database_of"]

_SQLITE = {
    # A transaction that will write takes its lock when it starts: it can wait, and never has to
    # be rolled back half-way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds to wait for that lock
    # Readers don't wait for writers. What was committed survives a loss of power.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


def database_of(place: Place) -> dict[str, Any]:
    """Return the entry for ``DATABASES``: of the place's URL, else SQLite in its folder."""
    url = place.database or f"sqlite:///{(place.data / 'site.sqlite3').absolute()}"
    database = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = _SQLITE
    return database
