"""Which secret the gradings of this database are made with."""

from __future__ import annotations

from django.db import models

__all__ = ["SecretFingerprint"]


class SecretFingerprint(models.Model):
    """Tells the site's secret from others, but it cannot be found from it; one row at most."""

    fingerprint = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.fingerprint[:12]
