"""The secret of a site: seeds, given images and pseudonyms are derived from it.

It lies in a file, and the database has its fingerprint alone: so a worker on another machine that
has another secret, or none, grades nothing instead of grading by other seeds and images.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from django.conf import settings

from praktikum.grader.seeds import open_secret
from praktikum.site.classroom.models import SecretFingerprint

__all__ = ["OtherSecretError", "grading_secret", "verify_secret"]


class OtherSecretError(RuntimeError):
    """This machine has not the secret of the database."""


def grading_secret() -> bytes:
    """Return the secret; it is made at the first call."""
    return open_secret(_path())


def verify_secret() -> None:
    """Return nothing if the secret is that of the database; a new database takes it for its own.

    Raises:
        OtherSecretError: it is another one.
    """
    stored = SecretFingerprint.objects.first()
    if stored is None:
        SecretFingerprint.objects.create(fingerprint=_fingerprint(grading_secret()))
    elif not _path().exists() or _fingerprint(grading_secret()) != stored.fingerprint:
        wanted = "copy the file of this name from the machine that serves the site"
        raise OtherSecretError(f"{_path()}: is not the secret of the site's database; {wanted}")


def _path() -> Path:
    path: Path = settings.PLACE.data / "grading-secret"
    return path


def _fingerprint(secret: bytes) -> str:
    return hmac.new(secret, b"fingerprint", hashlib.sha256).hexdigest()
