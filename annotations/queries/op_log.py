"""What playing steps of coding needs to know, in one read."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Expression, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import JSONObject

from annotations.enums import OpStatus, OpType
from annotations.models import Assignment, Label, LabelDefinition, Span, SpanOp

Row = dict[str, Any]

#: The columns that playing steps reads: asking for all sixty takes Django longer than the rest.
NEEDED = (
    *("codebook", "state", "doc_rev", "span_count", "flag", "refused", "started_at", "saved_at"),
    *("task__article__text", "task__article__text_sha256", "task__article__zones"),
    *("task__batch__has_suggestions", "task__batch__project__archived_at"),
)


@dataclass
class AtHand:
    """An assignment that the caller has locked, and what some steps on it touch."""

    assignment: Assignment
    labels: dict[str, LabelDefinition]
    """The pinned codebook's, by key, the retired ones included."""
    answered: dict[UUID, Row]
    """The result of each step that came before."""
    live: dict[UUID, Span]
    """The spans that are touched or point to one that is, as far as they are there now."""
    absent: set[UUID]
    """The spans touched that are not there now."""
    once_here: set[UUID]
    """The spans touched that are there or were."""
    news: dict[str, Row]
    """The last change since what the sender knew, by span."""


def at_hand(assignment: Assignment, ops: list[Row], since: int) -> AtHand:
    """Read what playing ``ops`` needs, in one query: saving is what everybody does all day."""
    sent = [op["op_id"] for op in ops]
    touched = {op["span_id"] for op in ops if op.get("span_id")}
    touched |= {UUID(link["target"]) for op in ops for link in op.get("links") or []}
    concerned = Q(uuid__in=touched)
    for uuid in {op["span_id"] for op in ops if op.get("span_id") and op["type"] != OpType.CREATE}:
        concerned |= Q(links__contains=[{"target": str(uuid)}])
    labels = LabelDefinition.objects.filter(codebook=OuterRef("codebook"))
    log = SpanOp.objects.filter(assignment=OuterRef("pk"))
    applied = log.filter(status=OpStatus.APPLIED)
    news = applied.filter(rev__gt=since, span_uuid__isnull=False)
    held = (
        Assignment.objects.select_related("task__article", "task__batch__project")
        .only(*NEEDED)
        .annotate(
            label_rows=_rows(
                labels,
                "name",
                "attributes",
                "links",
                "is_retired",
                label_id=F("label"),
                key=F("label__key"),
            ),
            answered_rows=_rows(log.filter(op_id__in=sent), "op_id", "result"),
            span_rows=_rows(
                Span.objects.filter(concerned, assignment=OuterRef("pk")),
                *("uuid", "rev", "start", "end", "quote", "attributes", "links", "note"),
                "source",
                label_id=F("label"),
                key=F("label__key"),
            ),
            made_rows=_rows(
                applied.filter(type=OpType.CREATE, span_uuid__in=touched), "span_uuid"
            ),
            news_rows=_rows(
                news.order_by("span_uuid", "-rev").distinct("span_uuid"),
                *("rev", "client_id"),
                span_id=F("span_uuid"),
                span=KeyTransform("span", "result"),
            ),
        )
        .get(pk=assignment.pk)
    )
    # Where there is nothing to look for, the database is not asked and says None.
    live = {UUID(row["uuid"]): _span(row, held) for row in held.span_rows or ()}
    return AtHand(
        assignment=held,
        labels={row["key"]: _definition(row) for row in held.label_rows},
        answered={UUID(row["op_id"]): row["result"] for row in held.answered_rows or ()},
        live=live,
        absent=touched - live.keys(),
        once_here={UUID(row["span_uuid"]) for row in held.made_rows or ()},
        news={row["span_id"]: row for row in held.news_rows},
    )


def _rows(rows: QuerySet, *names: str, **named: F | Expression) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in names}, **named)))


def _label(row: Row) -> Label:
    return Label(pk=row.pop("label_id"), key=row.pop("key"))


def _definition(row: Row) -> LabelDefinition:
    return LabelDefinition(label=_label(row), **row)


def _span(row: Row, assignment: Assignment) -> Span:
    return Span(assignment=assignment, label=_label(row), **{**row, "uuid": UUID(row["uuid"])})
