"""Steps of coding that came too late to be saved: kept, for their coder and the admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from annotations.enums import DraftReason, OpType
from annotations.models import Assignment, RecoveredDraft

SHOWN = 20


@dataclass(frozen=True)
class LateWork:
    """What arrived at one time for one article."""

    assignment: Assignment
    at: datetime
    reason: str
    ops: list[dict[str, Any]]

    @property
    def steps(self) -> Iterator[tuple[str, str, str]]:
        """What each step would have done, with the words that it names: label, quote or note."""
        for op in self.ops:
            words = op.get("note") or op.get("reason") or ""
            yield str(OpType(op["type"]).label), op.get("label") or "", op.get("quote") or words


def of(assignments: QuerySet[Assignment], since: datetime | None = None) -> list[LateWork]:
    """Return the latest that came too late for these, newest first."""
    drafts = RecoveredDraft.objects.filter(assignment__in=assignments)
    if since:
        drafts = drafts.filter(received_at__gte=since)
    related = ("assignment__task__article", "assignment__coder__user")
    rows = drafts.select_related(*related).defer("assignment__task__article__text")
    return [
        LateWork(row.assignment, row.received_at, str(DraftReason(row.reason).label), row.ops)
        for row in rows.order_by("-pk")[:SHOWN]
    ]
