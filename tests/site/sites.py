"""Sites beside the one of the tests: this process can turn to their databases."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from praktikum.site.database import database_of
from praktikum.site.place import Place

from .postgresql import Server

__all__ = ["Databases", "connected"]


@contextmanager
def connected(place: Place) -> Iterator[None]:
    """Turn this process to the database of another place."""
    before = connections.settings["default"]

    def turn_to(database: dict[str, Any]) -> None:
        connections["default"].close()
        connections.settings["default"] = database
        connections["default"] = connections.create_connection("default")

    turn_to({**before, "OPTIONS": {}, **database_of(place)})
    try:
        yield
    finally:
        turn_to(before)


class Databases:
    """New databases of either kind: empty, or such as a site has when its doors open."""

    def __init__(
        self, open_file: Path, server: Callable[[], Server], make_ready: Callable[[], None]
    ) -> None:
        """Take the SQLite file of a site that was opened, a PostgreSQL, and what opens a site."""
        self._open_file, self._server, self._make_ready = open_file, server, make_ready
        self._count = 0

    def new(self, kind: str, folder: Path, *, is_open: bool) -> Place:
        """Return the place of a new site in ``folder``."""
        here, place = settings.PLACE.data, replace(settings.PLACE, data=folder, database="")
        if is_open:
            for secret in ("grading-secret", "django-key"):
                shutil.copy(here / secret, folder)
        if kind == "postgresql":
            template = self._open_template() if is_open else "template1"
            self._count += 1
            return replace(place, database=self._server().create(f"site_{self._count}", template))
        if is_open:
            with (
                closing(sqlite3.connect(self._open_file)) as opened,
                closing(sqlite3.connect(folder / "site.sqlite3")) as new,
            ):
                opened.backup(new)
        return place

    def _open_template(self) -> str:
        """Return the name of an open site's database on the PostgreSQL."""
        return _template_on(self._server(), self._make_ready)


@cache
def _template_on(server: Server, make_ready: Callable[[], None]) -> str:
    with connected(replace(settings.PLACE, database=server.create("opened"))):
        make_ready()
    return "opened"
