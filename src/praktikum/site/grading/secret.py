"""The secret of a site: seeds, given images and pseudonyms are derived from it."""

from __future__ import annotations

from django.conf import settings

from praktikum.grader.seeds import open_secret

__all__ = ["grading_secret"]


def grading_secret() -> bytes:
    """Return the secret; it is made at the first call."""
    return open_secret(settings.PLACE.data / "grading-secret")
