"""Which secret the gradings of this database are made with."""

from __future__ import annotations

from django.db import models

__all__ = ["SecretFingerprint"]


class SecretFingerprint(models.Model):
    """What tells the secret of this site from others, without giving it away; one row at most."""

    fingerprint = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.fingerprint[:12]
