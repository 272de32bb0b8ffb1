from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from annotations.enums import CardKind, Outcome
from annotations.models import span_columns, written_gold
from annotations.models.batches import Task
from annotations.models.coding import APPEND_ONLY
from annotations.models.people import Member, User


class Decision(models.Model):
    """A ruling on one card, with what it was made on. A later one supersedes it, none replaces it.

    ``candidates`` are the coders' versions as they were seen, ``spans`` what
    goes to gold, both as ``{id, start, end, label, quote, attributes, links,
    note}``; candidates are keyed by the coder's member UUID.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="decisions")
    card_id = models.CharField(max_length=36)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    coder = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    spans = models.JSONField(default=list)
    candidates = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    note = models.TextField(blank=True)
    rule = models.CharField(max_length=40, blank=True)
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    codebook_version = models.PositiveIntegerField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField()
    is_automatic = models.BooleanField(default=False)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True
    )
    #: The ruling on another place that was applied to this one, which asks the same.
    spread_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="spread_to", null=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_automatic=True) | Q(made_by__isnull=False),
                name="ruling_is_automatic_or_somebodys",
            ),
        ]
        indexes = [
            models.Index(fields=["rule"], condition=~Q(rule=""), name="decision_by_rule"),
        ]
        triggers = [pgtrigger.Protect(name="decision_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.outcome} on {self.card_id}"


class CardQuerySet(models.QuerySet):
    def open(self) -> CardQuerySet:
        """Keep what waits for a ruling, or for a stale one to be confirmed."""
        return self.filter(Q(decision=None) | Q(is_stale=True))


class Card(models.Model):
    """A unit of adjudication as it stands now, with the ruling in force on it, if any.

    ``candidates`` are keyed by assignment UUID, an empty list where a coder
    has nothing. The rows are rebuilt when a coder's work changes; rulings are
    carried over and become stale, never lost.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="cards")
    card_id = models.CharField(max_length=36)
    kind = models.CharField(max_length=10, choices=CardKind.choices)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    candidates = models.JSONField(default=dict)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    is_stale = models.BooleanField(default=False)
    #: See ``algorithms.questions``; empty for added spans.
    words = models.CharField(max_length=32, blank=True)
    question = models.CharField(max_length=32, blank=True)

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "card_id"], name="card_is_on_a_task_once"),
            models.CheckConstraint(
                condition=Q(is_stale=False) | Q(decision__isnull=False),
                name="only_a_ruling_can_be_stale",
            ),
        ]
        indexes = [
            models.Index(
                fields=["words"],
                condition=Q(decision__isnull=False) & ~Q(words=""),
                name="ruled_card_by_words",
            ),
            models.Index(
                fields=["question"],
                condition=(Q(decision=None) | Q(is_stale=True)) & ~Q(question=""),
                name="open_card_by_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} card {self.card_id}"


class RulingDraft(models.Model):
    """A ruling that came on an old version of its task: refused, but kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="ruling_drafts")
    card_id = models.CharField(max_length=36)
    body = models.JSONField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="ruling_draft_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"late ruling on {self.card_id}"


class Remark(models.Model):
    """What an adjudicator says about one card to the others who rule there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="remarks")
    card_id = models.CharField(max_length=36)
    text = models.TextField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
        ]
        indexes = [models.Index(fields=["task", "card_id"], name="remarks_on_a_card")]
        triggers = [pgtrigger.Protect(name="remark_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"remark on {self.card_id}"


class Gold(models.Model):
    """The gold spans of a task each time it was adjudicated; a release pins one of these rows.

    ``spans`` holds the record's gold spans in its order, with ``coders`` as
    member UUIDs; names or pseudonyms are put in when a release is rendered.
    ``written`` is the JSON of that, and ``counts`` says which coders, labels and
    sources are in it; ``marks`` has what figures need, see ``span_columns``. The database
    makes all three. Older rows have none of them.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="golds")
    number = models.PositiveIntegerField()
    spans = models.JSONField()
    codebook_version = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField()
    written = models.TextField(null=True, editable=False)
    counts = models.JSONField(null=True, editable=False)
    marks = models.TextField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="gold_of_a_task_is_numbered"),
        ]
        triggers = [
            pgtrigger.Protect(name="gold_never_changes", operation=APPEND_ONLY),
            written_gold.TRIGGER,
            span_columns.TRIGGER,
        ]

    def __str__(self) -> str:
        return f"gold {self.number} of {self.task}"
