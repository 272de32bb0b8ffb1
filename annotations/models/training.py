from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q

from annotations.models.batches import Assignment
from annotations.models.coding import APPEND_ONLY, Submission
from annotations.models.people import Member, User


class Attempt(models.Model):
    """One handing in of an article whose gold was known before, held against that gold.

    ``own`` and ``gold`` count the spans outside site furniture, ``alike`` those that are the
    same in extent and label. The first attempt says what the coder could; later ones are practice.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="attempts")
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="attempt")
    number = models.PositiveSmallIntegerField()
    alike = models.PositiveIntegerField()
    own = models.PositiveIntegerField()
    gold = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "number"], name="attempts_at_an_article_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(alike__lte=F("own")) & Q(alike__lte=F("gold")),
                name="no_more_is_alike_than_there_is",
            ),
        ]
        triggers = [pgtrigger.Protect(name="attempt_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.assignment}"

    @property
    def f1(self) -> float | None:
        """Strict F1; none where neither has a span."""
        return 2 * self.alike / (self.own + self.gold) if self.own + self.gold else None


class Admission(models.Model):
    """An admin lets a coder into every batch of the project, whatever the training came to."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="admissions")
    note = models.TextField()
    admitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    admitted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(ended_at=None), name="member_is_admitted_once"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="admission_says_why"),
        ]

    def __str__(self) -> str:
        return f"admission of {self.member}"
