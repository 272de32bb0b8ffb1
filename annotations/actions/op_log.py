"""Steps of coding, played on an assignment that the caller holds: its spans and its op log.

Every op gets a result and a row in the log, also one that changed nothing. The spans
are what the log comes to, so both are written here, together, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from annotations.actions import op_writer, span_details
from annotations.enums import OpStatus, OpType, ZoneKind
from annotations.models import Assignment, LabelDefinition, Span
from annotations.queries import suggestions
from annotations.queries.op_log import AtHand

Op = dict[str, Any]
Result = dict[str, Any]
Row = dict[str, Any]

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
        **({"source": span.source} if span.source else {}),
    }


def play(at_hand: AtHand, ops: Iterable[Op], *, client_id: str, at: datetime) -> list[Result]:
    """Apply new ``ops`` in order, write log and spans, and return one result per op.

    Raises the assignment's ``doc_rev`` by one per applied step and starts coding;
    the caller holds the assignment's lock and has checked that it may be coded.
    What is ``at_hand`` is brought up to date, its news included.
    """
    desk = _Desk(
        at_hand.assignment, at_hand.labels, at_hand.live, at_hand.once_here, at_hand.absent
    )
    results = []
    rows = []
    for op in ops:
        results.append(desk.result_of(op))
        for step, result in [(op, results[-1]), *desk.take_followers()]:
            row = _entry(at_hand.assignment, step, result)
            if row["rev"] and row["span_uuid"]:
                at_hand.news[row["span_uuid"]] = _as_change(row, client_id)
            rows.append(row)
    op_writer.write(
        at_hand.assignment,
        kept=[desk.live[uuid] for uuid in desk.changed - desk.deleted],
        gone=desk.deleted,
        steps=rows,
        client_id=client_id,
        at=at,
    )
    return results


def _entry(assignment: Assignment, step: Op, result: Result) -> Row:
    """Return the log's row for a step, after counting it if it was applied."""
    is_applied = result["status"] == OpStatus.APPLIED
    assignment.doc_rev += is_applied
    body = storable(step)
    return {
        "op_id": body["op_id"],
        "seq": step["seq"],
        "type": step["type"],
        "span_uuid": body.get("span_id"),
        "body": body,
        "status": result["status"],
        "result": result,
        "rev": assignment.doc_rev if is_applied else None,
    }


def _as_change(row: Row, client_id: str) -> Row:
    """Return what an applied op tells other devices: the span as it left it."""
    return {
        "rev": row["rev"],
        "span_id": row["span_uuid"],
        "span": row["result"]["span"],
        "client_id": client_id,
    }


def storable(op: Op) -> Op:
    """Return an op as JSON can hold it."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in op.items()}


@dataclass
class _Desk:
    """The spans that a batch of ops touches, and what has become of them so far."""

    assignment: Assignment
    labels: dict[str, LabelDefinition]
    live: dict[UUID, Span]
    once_here: set[UUID]
    absent: set[UUID]
    changed: set[UUID] = field(default_factory=set)
    deleted: set[UUID] = field(default_factory=set)
    disputed: set[UUID] = field(default_factory=set)
    followers: list[tuple[Op, Result]] = field(default_factory=list)

    def result_of(self, op: Op) -> Result:
        """Apply one op to the spans at hand and say what came of it."""
        result: Result = {"op_id": str(op["op_id"]), "status": str(OpStatus.APPLIED)}
        try:
            if op["type"] == OpType.FLAG:
                self.assignment.flag = ": ".join(filter(None, [op.get("reason"), op.get("note")]))
                return result
            if op["type"] in {OpType.REFUSE, OpType.RESTORE}:
                self._answer_suggestion(op)
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

    def take_followers(self) -> list[tuple[Op, Result]]:
        """Return the steps that the last op brought with it on other spans, each once."""
        taken, self.followers = self.followers, []
        return taken

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
            self._loosen(span, op)
            return None
        return self._update(span, op)

    def _create(self, uuid: UUID, op: Op) -> Span:
        if uuid in self.live:
            raise _Unsaved(OpStatus.INVALID, "span_exists", _("This span is there already."))
        if uuid in self.once_here:
            raise _Unsaved(OpStatus.GONE, "gone", _("This span was deleted."))
        span = Span(uuid=uuid, assignment=self.assignment, rev=1, source=op.get("source"))
        if span.source:
            self._suggested(span.source)
        self._put(span, op, op)
        self.once_here.add(uuid)
        self.assignment.span_count += 1
        return span

    def _answer_suggestion(self, op: Op) -> None:
        """Keep in mind that a suggestion is refused, or is not any more."""
        suggestion = self._suggested(op.get("source"))
        refused = [other for other in self.assignment.refused if other != suggestion]
        is_refused = op["type"] == OpType.REFUSE
        self.assignment.refused = [*refused, suggestion] if is_refused else refused

    def _suggested(self, source: dict[str, str] | None) -> UUID:
        """Return the id of the suggestion that ``source`` names, if the coder sees one such."""
        if source not in self.suggestions:
            raise _Unsaved(
                OpStatus.INVALID, "unknown_suggestion", _("There is no such suggestion here.")
            )
        return UUID(source["suggestion"])

    @cached_property
    def suggestions(self) -> list[dict[str, str]]:
        """The sources that a step may name; read only where one does."""
        return [
            {"origin": row["origin"], "suggestion": row["id"]}
            for row in suggestions.of_assignment(self.assignment)
        ]

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
        before = span.label_id
        self._put(span, {**as_row(span), **self._moved(span, op), **op}, op)
        span.rev += 1
        if span.label_id != before:
            self._loosen(span, op)
        return span

    def _moved(self, span: Span, op: Op) -> Op:
        """A new place without a quote takes the one that the text has there."""
        moves = any(name in op for name in ("start", "end")) and "quote" not in op
        return {"quote": None} if moves else {}

    def _delete(self, span: Span) -> None:
        del self.live[span.uuid]
        self.absent.add(span.uuid)
        self.deleted.add(span.uuid)
        self.assignment.span_count -= 1

    def _loosen(self, span: Span, op: Op) -> None:
        """Take away the links that can't point to ``span`` any more, each as a step of its own."""
        for other in list(self.live.values()):
            links = [link for link in other.links if not self._is_lost(other, link, span)]
            if other is span or len(links) == len(other.links):
                continue
            other.links = links
            other.rev += 1
            self.changed.add(other.uuid)
            op_id = uuid5(op["op_id"], str(other.uuid))
            step = {"op_id": op_id, "seq": op["seq"], "type": OpType.UPDATE.value}
            step |= {"span_id": other.uuid, "links": links}
            result = {"op_id": str(op_id), "status": str(OpStatus.APPLIED), "span": as_row(other)}
            self.followers.append((step, result))

    def _is_lost(self, other: Span, link: dict[str, str], target: Span) -> bool:
        if link["target"] != str(target.uuid):
            return False
        if target.uuid not in self.live:
            return True
        definition = self.labels.get(other.label.key)
        faults = definition and span_details.link_faults(
            definition, [link], [], own_id=str(other.uuid), label_of=self._label_of
        )
        return any(faults or ())

    def _put(self, span: Span, wanted: Op, named: Op) -> None:
        """Give ``span`` what ``wanted`` says, or leave it untouched and say why not.

        ``named`` is the op alone: what it does not name stays, as far as the label allows.
        """
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
        definition = self._definition(span, wanted.get("label"))
        attributes, links = self._details(span, definition, named)
        if definition is not None:
            span.label = definition.label
        span.start, span.end, span.quote = start, end, text[start:end]
        span.attributes = attributes
        span.links = links
        span.note = wanted.get("note") or ""
        self.live[span.uuid] = span
        self.changed.add(span.uuid)

    def _is_furniture(self, start: int, end: int) -> bool:
        return any(
            zone["kind"] == ZoneKind.BOILERPLATE and zone["start"] <= start and end <= zone["end"]
            for zone in self.assignment.task.article.zones
        )

    def _definition(self, span: Span, key: str | None) -> LabelDefinition | None:
        """Return what the label ``key`` means; ``None`` if only this span still has it."""
        definition = self.labels.get(key or "")
        # A span may keep a label that was retired under it, but not get one.
        if span.label_id is not None and key == span.label.key:
            return definition
        if definition is None:
            raise _Unsaved(OpStatus.INVALID, "no_label", _("The op names no label."))
        if definition.is_retired:
            raise _Unsaved(
                OpStatus.INVALID,
                "retired_label",
                _("The label “%(name)s” is retired.") % {"name": definition.name},
            )
        return definition

    def _details(
        self, span: Span, definition: LabelDefinition | None, named: Op
    ) -> tuple[span_details.Rows, span_details.Rows]:
        """Return the attributes and links that the span will have, checked where they are new."""
        attributes, links = span.attributes, span.links
        if definition is None:
            return attributes, links
        if span.label_id not in {None, definition.label_id}:
            attributes, links = span_details.kept(definition, attributes, links, self._label_of)
        faults: list[span_details.Fault] = []
        if "attributes" in named:
            faults += span_details.attribute_faults(definition, named["attributes"], attributes)
            attributes = named["attributes"]
        if "links" in named:
            faults += span_details.link_faults(
                definition, named["links"], links, own_id=str(span.uuid), label_of=self._label_of
            )
            links = named["links"]
        if faults:
            raise _Unsaved(OpStatus.INVALID, *faults[0])
        return attributes, links

    def _label_of(self, target: str) -> str | None:
        """Return the label of a span of this assignment, or ``None`` if there is none."""
        uuid = UUID(target)
        if uuid not in self.live and uuid not in self.absent:
            found = self.assignment.spans.select_related("label").filter(uuid=uuid).first()
            if found is None:
                self.absent.add(uuid)
            else:
                self.live[uuid] = found
        return self.live[uuid].label.key if uuid in self.live else None
