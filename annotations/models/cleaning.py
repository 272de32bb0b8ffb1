from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from annotations.enums import CleaningScope, JobState, Role, ZoneKind
from annotations.models.jobs import Job
from annotations.models.people import Project, User


class OutletHabits(models.Model):
    """What was learnt from the articles of one outlet; ``name`` is empty for those without one.

    ``lines`` holds ``{"text", "stories"}`` of lines that recur whatever the story,
    and ``date_order`` what comes first in dates of three numbers, once it is known.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="outlets")
    name = models.CharField(max_length=400, blank=True)
    lines = models.JSONField(default=list, blank=True)
    date_order = models.CharField(max_length=5, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], name="outlet_has_one_row_in_a_project"
            ),
            models.CheckConstraint(
                condition=Q(date_order__in=["", "day", "month"]),
                name="outlet_puts_day_or_month_first",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "(no outlet)"


class CleaningRule(models.Model):
    """A rule of the workbench switched on or off, or a pattern of the project's own.

    It holds for articles of ``outlet``, or of every outlet if that is empty; what
    is said for one outlet goes before what is said for all.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cleaning_rules")
    outlet = models.CharField(max_length=400, blank=True)
    builtin = models.CharField(max_length=20, blank=True)
    pattern = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, choices=ZoneKind.choices, default=ZoneKind.BOILERPLATE)
    is_on = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(builtin="") & ~Q(pattern="") | ~Q(builtin="") & Q(pattern=""),
                name="cleaning_rule_is_built_in_or_a_pattern",
            ),
            models.UniqueConstraint(
                fields=["project", "outlet", "builtin", "pattern"],
                name="cleaning_rule_is_there_once_for_an_outlet",
            ),
        ]

    def __str__(self) -> str:
        return self.builtin or self.pattern


class CleaningJobQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> CleaningJobQuerySet:
        return self.filter(project__in=Project.objects.where(user, Role.ADMIN))

    def unfinished(self) -> CleaningJobQuerySet:
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])


class CleaningJob(Job):
    """The project's rules, applied to articles that are here already.

    ``scope`` says which of them, by ``scope_value``; ``changed`` counts those that got other
    zones, ``kept`` those that stay as they are because people have worked on them.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="cleanings")
    state = models.CharField(
        max_length=10, choices=JobState.choices, default=JobState.QUEUED, db_index=True
    )
    scope = models.CharField(max_length=10, choices=CleaningScope.choices)
    scope_value = models.CharField(max_length=400, blank=True)
    last_article = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    objects = CleaningJobQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.FSM(
                name="cleaning_takes_legal_steps",
                field="state",
                transitions=[
                    ("queued", "running"),
                    ("queued", "failed"),
                    ("running", "ready"),
                    ("running", "failed"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"cleaning of {self.created_at:%Y-%m-%d %H:%M}"
