from __future__ import annotations

import pgtrigger
from django.db import models

from annotations.enums import JobState
from annotations.models.batches import Task
from annotations.models.jobs import Job
from annotations.models.people import Project


class AgreementRow(models.Model):
    """What one task contributes to every figure, so that a new submission costs one article.

    ``rows`` is the mapping that ``annotations.algorithms.agreement`` makes of
    one article; ``fingerprint`` names the submissions that it rests on.
    """

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="agreement")
    rows = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"agreement on {self.task}"


class AgreementReport(Job):
    """The agreement figures of one scope: a set of batches and, if asked for, one label.

    ``is_stale`` says that coding went on since ``computed_at``.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="agreement")
    scope = models.CharField(max_length=64)
    batches = models.JSONField(default=list)
    label = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    figures = models.JSONField(null=True)
    computed_at = models.DateTimeField(null=True)
    is_stale = models.BooleanField(default=True)

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
