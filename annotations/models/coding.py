from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length

from annotations.enums import OpStatus, OpType
from annotations.models import span_columns
from annotations.models.batches import Assignment
from annotations.models.codebook import Label
from annotations.models.people import User

APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class SpanQuerySet(models.QuerySet):
    def in_reading_order(self) -> SpanQuerySet:
        return self.order_by("start", "end", "label__key", "uuid")


class Span(models.Model):
    """A stretch of an article to which one coder gave one label.

    Offsets count Unicode code points and ``end`` is exclusive, so
    ``article.text[start:end] == quote``. The rows are what the op log comes
    to: they change only together with it.
    """

    uuid = models.UUIDField(editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="spans")
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="spans")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.TextField()
    attributes = models.JSONField(default=list, blank=True)
    links = models.JSONField(default=list, blank=True)
    note = models.TextField(blank=True)
    #: The suggestion that was accepted, as ``{origin, suggestion}``; empty for one's own find.
    source = models.JSONField(null=True, blank=True)
    rev = models.PositiveIntegerField()

    objects = SpanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "uuid"], name="span_has_one_row_per_assignment"
            ),
            models.CheckConstraint(
                condition=Q(end__gt=F("start")), name="span_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(end=F("start") + Length("quote")), name="span_is_as_long_as_its_quote"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="span_lies_inside_its_article",
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("start", "end", "quote", "label_id", "assignment_id"),
                when=pgtrigger.Before,
                declare=[("article", "record")],
                func="""
                    SELECT a.project_id, a.text_length INTO article
                    FROM annotations_assignment s
                    JOIN annotations_task t ON t.id = s.task_id
                    JOIN annotations_article a ON a.id = t.article_id
                    WHERE s.id = NEW.assignment_id;
                    IF NEW."end" > article.text_length THEN
                        RAISE check_violation USING
                            MESSAGE = 'a span ends after its article',
                            CONSTRAINT = 'span_lies_inside_its_article';
                    END IF;
                    IF article.project_id <>
                       (SELECT project_id FROM annotations_label WHERE id = NEW.label_id)
                    THEN
                        RAISE check_violation USING
                            MESSAGE = 'a span has a label of another project',
                            CONSTRAINT = 'span_has_a_label_of_its_project';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} [{self.start}:{self.end}]"


class SpanOp(models.Model):
    """One step of coding, as it came and as it was answered. Nothing here ever changes.

    ``rev`` is the assignment's ``doc_rev`` after an applied op, and empty for
    one that changed nothing; ``result`` is what a replay is answered with.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="ops")
    op_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    client_id = models.CharField(max_length=64)
    type = models.CharField(max_length=10, choices=OpType.choices)
    span_uuid = models.UUIDField(null=True, blank=True)
    body = models.JSONField()
    status = models.CharField(max_length=10, choices=OpStatus.choices)
    result = models.JSONField()
    rev = models.PositiveIntegerField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "op_id"], name="op_is_stored_once_per_assignment"
            ),
            models.UniqueConstraint(fields=["assignment", "rev"], name="op_has_its_own_revision"),
            models.UniqueConstraint(
                fields=["assignment", "span_uuid"],
                condition=Q(type=OpType.CREATE, status=OpStatus.APPLIED),
                name="span_is_created_once_per_assignment",
            ),
            models.CheckConstraint(
                condition=Q(status=OpStatus.APPLIED, rev__isnull=False)
                | ~Q(status=OpStatus.APPLIED) & Q(rev__isnull=True),
                name="applied_op_has_a_revision",
            ),
        ]
        triggers = [pgtrigger.Protect(name="op_log_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.type} {self.op_id}"

    @property
    def words(self) -> str:
        """What the step quotes, or else what its coder wrote."""
        said = (self.body.get(name) for name in ("quote", "note", "reason"))
        return next(filter(None, said), "")


class Submission(models.Model):
    """A coder's work as it was handed in: frozen, so that figures and releases can rest on it.

    ``spans`` holds ``{id, start, end, label, quote, attributes, links, note}``
    in reading order, labels by key; an accepted suggestion has its ``source`` too.
    ``marks`` has what figures need of them, see ``span_columns``: the database makes it.
    Older rows have none.
    """

    uuid = models.UUIDField(unique=True)
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="submissions"
    )
    doc_rev = models.PositiveIntegerField()
    spans = models.JSONField()
    codebook_version = models.PositiveIntegerField(null=True)
    submitted_at = models.DateTimeField()
    marks = models.TextField(null=True, editable=False)

    class Meta:
        triggers = [
            pgtrigger.Protect(name="submission_never_changes", operation=APPEND_ONLY),
            span_columns.TRIGGER,
            pgtrigger.Trigger(
                name="submission_outdates_agreement",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="handed_in"),
                func="""
                    INSERT INTO annotations_agreementrow (task_id, version)
                    SELECT DISTINCT work.task_id, 1
                    FROM handed_in JOIN annotations_assignment work
                        ON work.id = handed_in.assignment_id
                    ORDER BY work.task_id
                    ON CONFLICT (task_id) DO UPDATE
                    SET version = annotations_agreementrow.version + 1;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"submission of {self.assignment}"


class RecoveredDraft(models.Model):
    """Ops that came too late to be applied, kept for the coder and the admin."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="drafts")
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)
    ops = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="recovered_draft_never_changes", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{len(self.ops)} late ops on {self.assignment}"
