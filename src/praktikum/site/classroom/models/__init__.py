"""The facts about a class, each with who said it and when; no table holds a judgement."""

from praktikum.site.classroom.models.appeals import Answer, Appeal
from praktikum.site.classroom.models.attempts import Attempt, StoredFile
from praktikum.site.classroom.models.course_versions import CourseVersion
from praktikum.site.classroom.models.fingerprint import SecretFingerprint
from praktikum.site.classroom.models.gradings import Grading, Job, Round
from praktikum.site.classroom.models.journal import AuditEntry, Publication
from praktikum.site.classroom.models.marking import (
    Extension,
    HandPoints,
    MarkingClaim,
    OutsideScore,
    Snippet,
)

__all__ = [
    "Answer",
    "Appeal",
    "Attempt",
    "AuditEntry",
    "CourseVersion",
    "Extension",
    "Grading",
    "HandPoints",
    "Job",
    "MarkingClaim",
    "OutsideScore",
    "Publication",
    "Round",
    "SecretFingerprint",
    "Snippet",
    "StoredFile",
]
