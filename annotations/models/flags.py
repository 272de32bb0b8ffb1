from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from annotations.models.batches import Assignment
from annotations.models.coding import APPEND_ONLY
from annotations.models.people import User


class FlagAnswer(models.Model):
    """What an admin said to a coder's flag; no note means that it was seen.

    ``rev`` is how far the work was then: a flag that is set later waits for an
    answer of its own. Of several answers the last one counts.
    """

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="flag_answers"
    )
    rev = models.PositiveIntegerField()
    flag = models.TextField()
    note = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(flag=""), name="answered_flag_has_words"),
        ]
        triggers = [pgtrigger.Protect(name="flag_answer_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"answer on {self.assignment}"
