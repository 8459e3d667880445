"""All facts of a site in one file, and back, also into another kind of database.

A backup is a zip archive::

    manifest.json    what wrote it, when, and the SHA-256 of the other members
    facts.jsonl      every row of people and classroom, as Django serialises it
    grading-secret   what seeds are derived from: with it any grading can be repeated

It is taken from one snapshot while the site goes on. Sessions are not in it: after a restore
people sign in again. Nor is the course, which lies in its own folder. Messages to workers are not
either: what waits is queued anew by the first worker.

Errors::

    BackupError(ValueError)    it can't be restored: the file is damaged, or the site isn't empty
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model

import praktikum
from praktikum.grader.atomic import whole_file
from praktikum.site.classroom.models import CourseVersion
from praktikum.site.grading.secret import grading_secret
from praktikum.site.people.models import User

__all__ = ["BackupError", "back_up", "restore"]

_FORMAT = 1
_APPS = ("people", "classroom")
_AT_A_TIME = 20  # rows in memory: each may hold a submitted file
_FACTS, _SECRET, _MANIFEST = "facts.jsonl", "grading-secret", "manifest.json"


class BackupError(ValueError):
    """A backup cannot be restored here; nothing was changed."""


def back_up(path: Path, now: dt.datetime) -> int:
    """Write a backup to ``path``, whole or not at all, for its owner alone; return its rows.

    Raises:
        OSError: it cannot be written.
    """
    with whole_file(path, mode=0o600) as file, tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / _FACTS
        with facts.open("w", encoding="utf-8") as stream:
            rows = _dump(stream)
        _pack(file, facts, now, rows)
    return rows


def restore(path: Path) -> int:
    """Fill an empty site from a backup; return the number of rows.

    Raises:
        BackupError: the file is no whole backup, or the site has people or another secret.
        OSError: it cannot be read.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _unpack(path, folder)
        call_command("migrate", interactive=False, verbosity=0)
        if User.objects.exists() or CourseVersion.objects.exists():
            raise BackupError("this site is in use: a backup is restored into a new, empty one")
        _take_secret((folder / _SECRET).read_bytes())
        call_command("loaddata", str(folder / _FACTS), verbosity=0)  # all of it or nothing
    return rows


def _dump(stream: IO[str]) -> int:
    """Write every row, those that others refer to first, as of one moment."""
    rows = 0

    def counted(model: type[Model]) -> Iterator[Model]:
        nonlocal rows
        for row in model._base_manager.order_by("pk").iterator(chunk_size=_AT_A_TIME):
            rows += 1
            yield row

    configs = [(apps.get_app_config(label), None) for label in _APPS]
    with _snapshot():
        for model in serializers.sort_dependencies(configs):
            serializers.serialize("jsonl", counted(model), stream=stream)
    return rows


@contextmanager
def _snapshot() -> Iterator[None]:
    """See the database as it is now, whoever writes meanwhile, and keep nobody from writing."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = mode  # type: ignore[attr-defined]
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _pack(file: IO[bytes], facts: Path, now: dt.datetime, rows: int) -> None:
    secret = grading_secret()
    manifest = {
        "format": _FORMAT,
        "praktikum": praktikum.__version__,
        "taken": now.isoformat(),
        "rows": rows,
        "sha256": {_FACTS: _digest(facts), _SECRET: hashlib.sha256(secret).hexdigest()},
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1) + "\n")
        archive.writestr(_SECRET, secret)
        archive.write(facts, _FACTS)


def _unpack(path: Path, folder: Path) -> int:
    """Put the members into ``folder``; return how many rows there are."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest["format"] != _FORMAT:
                raise BackupError(f"{path}: format {manifest['format']}, wanted {_FORMAT}")
            for member in (_FACTS, _SECRET):
                found = _digest(Path(archive.extract(member, folder)))
                if found != manifest["sha256"][member]:
                    raise BackupError(f"{path}: {member} is not what was backed up")
        return int(manifest["rows"])
    except (zipfile.BadZipFile, zlib.error, json.JSONDecodeError, KeyError) as error:
        raise BackupError(f"{path}: this is no whole backup ({error})") from error


def _take_secret(secret: bytes) -> None:
    path = settings.PLACE.data / _SECRET
    if path.exists() and path.read_bytes() != secret:
        raise BackupError(f"{path} is another secret than the backup's: move it away first")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(secret)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
