"""What was handed in: the file as it came, by whom, for what and when."""

from __future__ import annotations

import hashlib
import uuid

from django.db import models

from praktikum.site.people.models import User

__all__ = ["Attempt", "StoredFile"]


class StoredFile(models.Model):
    """A file by its content; it lies in the database, so each worker on any machine has it.

    One file is stored once, however often and by whomever it is handed in.
    """

    digest = models.CharField(primary_key=True, max_length=64)  # SHA-256, in hex
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.digest[:12]

    @classmethod
    def keep(cls, content: bytes) -> StoredFile:
        """Return the stored file of this content."""
        digest = hashlib.sha256(content).hexdigest()
        stored, _ = cls.objects.get_or_create(digest=digest, defaults={"content": content})
        return stored


class Attempt(models.Model):
    """One submission of one student to one task.

    ``public`` is its name in addresses: random, so it tells nothing about other attempts.
    ``archive`` is what came beside the file, where the task asks for more than code.
    """

    public = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    student = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attempts")
    task = models.CharField(max_length=64)  # the id in course.toml
    received = models.DateTimeField()
    source = models.CharField(max_length=120)  # the file's name, without folders
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    archive = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("received", "id")
        indexes = (models.Index(fields=("student", "task", "received")),)

    def __str__(self) -> str:
        return f"{self.task} of {self.student.username}, {self.received:%Y-%m-%d %H:%M:%S}"
