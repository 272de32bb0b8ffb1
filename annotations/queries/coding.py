"""What a coder sees of the own work: the text, its units, the spans, what comes next."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from annotations.algorithms import tokens
from annotations.enums import AssignmentState
from annotations.models import Article, Assignment, Member, Span, User
from annotations.models.prepared import prepared
from annotations.queries import codebook, quota, suggestions

SpanRow = dict[str, Any]

#: What to go on with: what lies open, the last saved first, then what came back, then the rest.
BEGUN_FIRST = (
    Case(
        When(state=AssignmentState.CODING, then=Value(0)),
        When(state=AssignmentState.RETURNED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    ),
    Case(When(state=AssignmentState.CODING, then=F("saved_at"))).desc(nulls_last=True),
)


def in_turn(batch: str = "") -> tuple[Any, ...]:
    """Return how batches are ordered where several wait; ``batch`` is the way to them."""
    due = F(f"{batch}due").asc(nulls_last=True)
    return f"-{batch}priority", due, f"{batch}created_at", f"{batch}pk"


#: The order in which a coder's work is to be done.
TO_DO = (*BEGUN_FIRST, *in_turn("task__batch__"), "position", "pk")


@prepared
def own_work(user: User, uuid: UUID) -> QuerySet[Assignment]:
    """Return the assignment of that UUID with all that coding needs, if it is ``user``'s own."""
    related = ("task__article", "task__batch__project", "codebook")
    return Assignment.objects.of(user).filter(uuid=uuid).select_related(*related)


def document(assignment: Assignment) -> dict[str, Any]:
    """Return everything that coding one article needs, in the API's words."""
    article = assignment.task.article
    batch = assignment.task.batch
    return {
        "id": assignment.uuid,
        "state": assignment.state,
        "doc_rev": assignment.doc_rev,
        "batch": {"id": batch.uuid, "name": batch.name},
        "due": batch.due,
        "flag": assignment.flag,
        "return_note": assignment.return_note,
        "article": {
            "id": article.uuid,
            "key": article.key,
            "text": article.text,
            "text_sha256": article.text_sha256,
            "meta": article.meta,
            "zones": article.zones,
        },
        "codebook": codebook.as_contract(assignment.codebook),
        "spans": spans(assignment),
        "suggestions": suggestions.of_assignment(assignment),
        "refused": assignment.refused,
        "tokens": tokens.tokenize(article.text),
        "sentences": tokens.sentences(article.text),
        "tokenizer": tokens.VERSION,
    }


def spans(assignment: Assignment) -> list[SpanRow]:
    """Return the spans of an assignment in reading order, as the contract writes a span."""
    return [
        {
            "id": str(row["uuid"]),
            "rev": row["rev"],
            "start": row["start"],
            "end": row["end"],
            "label": row["label__key"],
            "quote": row["quote"],
            "attributes": row["attributes"],
            "links": row["links"],
            "note": row["note"],
            **({"source": row["source"]} if row["source"] else {}),
        }
        for row in _span_rows(assignment.pk)
    ]


@prepared
def _span_rows(assignment: int) -> QuerySet[Span, SpanRow]:
    place = ("uuid", "rev", "start", "end", "label__key", "quote")
    details = ("attributes", "links", "note", "source")
    rows = Span.objects.filter(assignment=assignment).in_reading_order()
    return rows.values(*place, *details)


def waiting(member: Member, spent: Collection[int] | None = None) -> QuerySet[Assignment]:
    """Return ``member``'s work that is there to be done today, in the order to do it.

    ``spent`` are the batches that give nothing more today, for who knows them already.
    """
    own = Assignment.objects.unfinished().filter(coder=member)
    if spent is None:
        spent = quota.spent_by(member)
    return (quota.due_today(own, spent) if spent else own).order_by(*TO_DO)


def progress(assignment: Assignment) -> dict[str, int]:
    """Count the coder's own articles of the batch: how many, which is this one, how many done."""
    batch = assignment.task.batch_id
    counted = _progress(assignment.coder_id, batch, assignment.position, assignment.pk)
    return counted[0] if counted else {"total": 0, "place": 0, "done": 0}


@prepared
def _progress(
    coder: int, batch: int, position: int, pk: int
) -> QuerySet[Assignment, dict[str, int]]:
    before = Q(position__lt=position) | Q(position=position, pk__lte=pk)
    own = Assignment.objects.live().filter(coder=coder, task__batch=batch)
    return (
        own.values("coder")
        .annotate(
            total=Count("pk"),
            place=Count("pk", filter=before),
            done=Count("pk", filter=Q(state=AssignmentState.SUBMITTED)),
        )
        .values("total", "place", "done")
    )


def paragraphs(article: Article) -> list[dict[str, Any]]:
    """Cut the text into lines, each with its start and the zone that covers all of it.

    Lines without text are kept: joined by line breaks the lines are the text.
    """
    lines = []
    start = 0
    for line in article.text.split("\n"):
        end = start + len(line)
        zone = next(
            (
                zone["kind"]
                for zone in article.zones
                if line.strip() and _covers(zone, article.text, start, end)
            ),
            "",
        )
        lines.append({"start": start, "text": line, "zone": zone})
        start = end + 1
    return lines


def _covers(zone: dict[str, Any], text: str, start: int, end: int) -> bool:
    """Say whether the zone covers the line, white space at its ends left aside."""
    line = text[start:end]
    start += len(line) - len(line.lstrip())
    end -= len(line) - len(line.rstrip())
    return zone["start"] <= start and end <= zone["end"]
