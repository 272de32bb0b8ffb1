"""Steps of coding, played on an assignment that the caller holds: its spans and its op log.

Every op gets a result and a row in the log, also one that changed nothing. The spans
are what the log comes to, so both are written here, together, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from annotations.enums import AssignmentState, OpStatus, OpType, ZoneKind
from annotations.models import Assignment, LabelDefinition, Span, SpanOp

Op = dict[str, Any]
Result = dict[str, Any]

_PLACE = ("start", "end", "quote")


class _Unsaved(Exception):
    """The op changes nothing; ``status`` and ``error`` go into its result."""

    def __init__(self, status: OpStatus, code: str = "", detail: str = "", span: Any = None):
        super().__init__(detail)
        self.status = status
        self.error = {"code": code, "detail": detail} if code else None
        self.span = span


def replayed(result: Result) -> Result:
    """Answer an op that was answered before: as the first time, and that it was not redone."""
    return {**result, "status": "duplicate", "first": result["status"]}


def as_row(span: Span) -> dict[str, Any]:
    """Return a span as the contract writes it."""
    return {
        "id": str(span.uuid),
        "rev": span.rev,
        "start": span.start,
        "end": span.end,
        "label": span.label.key,
        "quote": span.quote,
        "attributes": span.attributes,
        "links": span.links,
        "note": span.note,
    }


def play(
    assignment: Assignment, ops: Iterable[Op], *, client_id: str, at: datetime
) -> list[Result]:
    """Apply new ``ops`` in order, write log and spans, and return one result per op.

    Raises the assignment's ``doc_rev`` by one per applied op and starts coding;
    the caller holds the assignment's lock and has checked that it may be coded.
    """
    ops = list(ops)
    desk = _Desk.of(assignment, ops)
    rows = []
    for op in ops:
        result = desk.result_of(op)
        is_applied = result["status"] == OpStatus.APPLIED
        assignment.doc_rev += is_applied
        rows.append(
            SpanOp(
                assignment=assignment,
                op_id=op["op_id"],
                seq=op["seq"],
                client_id=client_id,
                type=op["type"],
                span_uuid=op.get("span_id"),
                body=storable(op),
                status=result["status"],
                result=result,
                rev=assignment.doc_rev if is_applied else None,
                received_at=at,
            )
        )
    desk.write()
    SpanOp.objects.bulk_create(rows)
    if assignment.state != AssignmentState.CODING:
        assignment.state = AssignmentState.CODING
        assignment.started_at = assignment.started_at or at
    assignment.saved_at = at
    assignment.span_count = assignment.spans.count()
    assignment.save(
        update_fields=["state", "started_at", "saved_at", "doc_rev", "span_count", "flag"]
    )
    return [row.result for row in rows]


def storable(op: Op) -> Op:
    """Return an op as JSON can hold it."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in op.items()}


@dataclass
class _Desk:
    """The spans that a batch of ops touches, and what has become of them so far."""

    assignment: Assignment
    labels: dict[str, LabelDefinition]
    live: dict[UUID, Span]
    once_here: set[UUID | None]
    changed: set[UUID] = field(default_factory=set)
    deleted: list[int] = field(default_factory=list)
    disputed: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, assignment: Assignment, ops: list[Op]) -> "_Desk":
        touched = {op["span_id"] for op in ops if op.get("span_id")}
        touched |= {UUID(link["target"]) for op in ops for link in op.get("links") or []}
        spans = assignment.spans.filter(uuid__in=touched).select_related("label")
        definitions = assignment.codebook.definitions.select_related("label")
        created = assignment.ops.filter(
            span_uuid__in=touched, type=OpType.CREATE, status=OpStatus.APPLIED
        )
        return cls(
            assignment=assignment,
            labels={definition.label.key: definition for definition in definitions},
            live={span.uuid: span for span in spans},
            once_here=set(created.values_list("span_uuid", flat=True)),
        )

    def result_of(self, op: Op) -> Result:
        """Apply one op to the spans at hand and say what came of it."""
        result: Result = {"op_id": str(op["op_id"]), "status": str(OpStatus.APPLIED)}
        try:
            if op["type"] == OpType.FLAG:
                self.assignment.flag = ": ".join(filter(None, [op.get("reason"), op.get("note")]))
                return result
            span = self._span_after(op)
        except _Unsaved as why:
            result["status"] = str(why.status)
            if why.span:
                result["span"] = why.span
            if why.error:
                result["error"] = why.error
            if why.status == OpStatus.CONFLICT:
                self.disputed.add(op["span_id"])
            return result
        result["span"] = as_row(span) if span else None
        return result

    def write(self) -> None:
        """Bring the table to what is on the desk."""
        Span.objects.filter(pk__in=self.deleted).delete()
        touched = [self.live[uuid] for uuid in self.changed if uuid in self.live]
        # Told apart first: what is created has a primary key, too, from then on.
        new = [span for span in touched if span.pk is None]
        known = [span for span in touched if span.pk is not None]
        Span.objects.bulk_create(new)
        Span.objects.bulk_update(
            known, ["label", "start", "end", "quote", "attributes", "links", "note", "rev"]
        )

    def _span_after(self, op: Op) -> Span | None:
        uuid = op.get("span_id")
        if uuid is None:
            raise _Unsaved(OpStatus.INVALID, "no_span", _("The op names no span."))
        if op["type"] == OpType.CREATE:
            return self._create(uuid, op)
        span = self.live.get(uuid)
        if span is None:
            raise _Unsaved(OpStatus.GONE, "gone", _("This span is not there any more."))
        if op["type"] == OpType.DELETE:
            self._delete(span)
            return None
        return self._update(span, op)

    def _create(self, uuid: UUID, op: Op) -> Span:
        if uuid in self.live:
            raise _Unsaved(OpStatus.INVALID, "span_exists", _("This span is there already."))
        if uuid in self.once_here:
            raise _Unsaved(OpStatus.GONE, "gone", _("This span was deleted."))
        span = Span(uuid=uuid, assignment=self.assignment, rev=1)
        self._put(span, op)
        self.once_here.add(uuid)
        return span

    def _update(self, span: Span, op: Op) -> Span:
        base = op.get("base_rev")
        # What follows on a disputed edit was made on the same outdated span.
        if (base is not None and base != span.rev) or span.uuid in self.disputed:
            raise _Unsaved(
                OpStatus.CONFLICT,
                "conflict",
                _("This span had been changed elsewhere."),
                span=as_row(span),
            )
        if op["type"] == OpType.NOTE:
            op = {"note": op.get("note", "")}
        self._put(span, {**as_row(span), **self._moved(span, op), **op})
        span.rev += 1
        return span

    def _moved(self, span: Span, op: Op) -> Op:
        """A new place without a quote takes the one that the text has there."""
        moves = any(name in op for name in ("start", "end")) and "quote" not in op
        return {"quote": None} if moves else {}

    def _delete(self, span: Span) -> None:
        del self.live[span.uuid]
        if span.pk is not None:
            self.deleted.append(span.pk)

    def _put(self, span: Span, wanted: Op) -> None:
        """Give ``span`` what ``wanted`` says, or leave it untouched and say why not."""
        start, end, quote = (wanted.get(name) for name in _PLACE)
        text = self.assignment.task.article.text
        if start is None or end is None or not 0 <= start < end <= len(text):
            raise _Unsaved(
                OpStatus.INVALID, "outside_text", _("The span does not lie inside the text.")
            )
        if quote is not None and quote != text[start:end]:
            raise _Unsaved(
                OpStatus.INVALID, "quote_differs", _("The quote is not what the text says there.")
            )
        if self._is_furniture(start, end):
            raise _Unsaved(
                OpStatus.INVALID, "in_boilerplate", _("The span lies wholly in site furniture.")
            )
        self._label(span, wanted.get("label"))
        self._check_links(span, wanted.get("links") or [])
        span.start, span.end, span.quote = start, end, text[start:end]
        span.attributes = wanted.get("attributes") or []
        span.links = wanted.get("links") or []
        span.note = wanted.get("note") or ""
        self.live[span.uuid] = span
        self.changed.add(span.uuid)

    def _is_furniture(self, start: int, end: int) -> bool:
        return any(
            zone["kind"] == ZoneKind.BOILERPLATE and zone["start"] <= start and end <= zone["end"]
            for zone in self.assignment.task.article.zones
        )

    def _label(self, span: Span, key: str | None) -> None:
        # A span may keep a label that was retired under it, but not get one.
        if span.label_id is not None and key == span.label.key:
            return
        definition = self.labels.get(key or "")
        if definition is None:
            raise _Unsaved(OpStatus.INVALID, "no_label", _("The op names no label."))
        if definition.is_retired:
            raise _Unsaved(
                OpStatus.INVALID,
                "retired_label",
                _("The label “%(name)s” is retired.") % {"name": definition.name},
            )
        span.label = definition.label

    def _check_links(self, span: Span, links: list[dict[str, str]]) -> None:
        before = {link["target"] for link in span.links}
        for link in links:
            target = UUID(link["target"])
            if target not in self.live and link["target"] not in before:
                raise _Unsaved(
                    OpStatus.INVALID,
                    "unknown_target",
                    _("A link points to a span that is not there."),
                )
