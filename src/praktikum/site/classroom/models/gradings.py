"""What was found out about attempts, and what has still to be found out.

A round is one grading of the class; a regrade is another one. Gradings of a round count once it
is applied, and nothing of an earlier round is lost by that. While a job exists, its attempt waits
for its grading in that round: the job goes in the transaction in which the grading comes.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from praktikum.site.classroom.models.attempts import Attempt
from praktikum.site.classroom.models.course_versions import CourseVersion
from praktikum.site.people.models import User

__all__ = ["Grading", "Job", "Round"]


class Round(models.Model):
    """One grading of the class: the first one, or a regrade, which is looked at and then applied.

    ``by`` is None for the round that is opened with the site.
    """

    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300)
    course_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"round {self.pk}: {self.why}"

    @classmethod
    def current(cls) -> Round | None:
        """Return the newest applied round: new attempts are graded in it."""
        return cls.objects.exclude(applied_at=None).last()


class GradingQuerySet(models.QuerySet["Grading"]):
    """Gradings, with those that count."""

    def current(self, also: Round | None = None) -> GradingQuerySet:
        """Return for each attempt the grading of the newest applied round that has one.

        ``also`` is taken as if it had been applied.
        """
        counts = Q(round__applied_at__isnull=False)
        if also is not None:
            counts |= Q(round=also)
        newest = Grading.objects.filter(counts, attempt=OuterRef("attempt"))
        return self.annotate(newest=Subquery(newest.order_by("-round_id").values("pk")[:1])).filter(
            pk=F("newest")
        )


class Grading(models.Model):
    """The verdicts on one attempt in one round: never changed, never deleted.

    ``facts`` is what `praktikum.grader.attempt_file.attempt_to_json` makes of the graded attempt.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="gradings")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="gradings")
    graded_at = models.DateTimeField()
    pack = models.CharField(max_length=64)  # the digest of the checks by which it was graded
    facts = models.JSONField()

    objects = GradingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("attempt", "round"), name="graded_once_in_a_round"),
        )

    def __str__(self) -> str:
        return f"{self.attempt} in round {self.round_id}"


class Job(models.Model):
    """An attempt that waits for its grading in a round, and the worker that is at it, if any.

    Jobs are done in the order of their numbers.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="jobs")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="jobs")
    since = models.DateTimeField()
    task_id = models.UUIDField(null=True)  # of the message by which a worker hears of it
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)  # while it runs, the job is this worker's
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("attempt", "round"), name="one_job_in_a_round"),
        )

    def __str__(self) -> str:
        return f"job {self.pk}"
