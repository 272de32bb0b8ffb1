from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from annotations.enums import JobState
from annotations.models.batches import Task
from annotations.models.jobs import Job
from annotations.models.people import Project


class AgreementRowQuerySet(models.QuerySet):
    def outdated(self) -> AgreementRowQuerySet:
        """Keep the rows of tasks on which something happened since they were measured."""
        return self.filter(version__gt=F("measured_version"))

    def measured(self) -> AgreementRowQuerySet:
        """Keep the rows that have figures."""
        return self.filter(counts__isnull=False)


class AgreementRow(models.Model):
    """What one task contributes to every figure, so that a new submission costs one article.

    The database counts ``version`` up with each submission, gold or loss of a coder, in the
    transaction in which it happens; ``measured_version`` is the one that ``counts`` rests
    on. ``counts`` is what ``annotations.algorithms.agreement`` packs of one article,
    ``later_counts`` the same of the last submissions where those are later versions, which don't
    count. ``coded_at`` is when the last of the counted submissions came.
    """

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="agreement")
    version = models.PositiveIntegerField(default=1)
    measured_version = models.PositiveIntegerField(default=0, db_default=0)
    counts = models.BinaryField(null=True)
    later_counts = models.BinaryField(null=True)
    coded_at = models.DateTimeField(null=True)

    objects = AgreementRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(measured_version__lte=F("version")),
                name="nothing_is_measured_before_it_happens",
            ),
        ]
        indexes = [
            models.Index(
                fields=["task"],
                condition=Q(version__gt=F("measured_version")),
                name="task_to_be_measured",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement on {self.task}"


class AgreementReport(Job):
    """The agreement figures of one scope: a set of batches and, if asked for, label and days.

    ``version`` is the sum of the versions of the rows that the figures rest on: the report is
    stale when the rows of its batches come to another one. ``figures`` is what the contract
    names, ``details`` what goes beyond it.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="agreement")
    scope = models.CharField(max_length=64)
    batches = models.JSONField(default=list)
    label = models.CharField(max_length=60, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    version = models.PositiveBigIntegerField(null=True)
    figures = models.JSONField(null=True)
    details = models.JSONField(null=True)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "scope"], name="agreement_has_one_report_per_scope"
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="agreement_report_takes_legal_steps",
                field="state",
                transitions=[
                    ("queued", "running"),
                    ("running", "ready"),
                    ("running", "failed"),
                    ("running", "queued"),
                    ("ready", "queued"),
                    ("failed", "queued"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"agreement in {self.project}"
