"""What every ruling on a task goes through: it is held, open, and as the adjudicator saw it.

Called by the verbs of adjudication only.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotations.actions import cards as card_rows
from annotations.actions.audit import record
from annotations.enums import CardKind, TaskState
from annotations.exceptions import Forbidden, Refused
from annotations.models import AuditEvent, Card, Decision, RulingDraft, Task, User
from annotations.permissions import can_rule, is_open_to_rulings


class MayNotRule(Forbidden):
    """You are no adjudicator of this task, or you coded it."""

    code = "may_not_rule"


class NotOpenToRulings(Refused):
    """Coders are still at work, or the task was finished."""

    code = "not_open"


class StaleRuling(Refused):
    """The task has changed since the version that this ruling was made on."""

    code = "stale"


class NotFound(Refused):
    """The task has no such card, coder or added span."""

    status = 404
    code = "not_found"


@contextmanager
def held_for(
    task: Task, by: User, at: datetime, base_version: int, *, card_id: str, draft: dict[str, Any]
) -> Iterator[Task]:
    """Hold the task for a ruling on ``base_version`` of it, and keep what comes too late."""
    try:
        with transaction.atomic():
            held = locked(task)
            refuse_unless_allowed(by, held)
            refuse_unless_open(held)
            refuse_unless_current(held, base_version)
            yield held
    except (NotOpenToRulings, StaleRuling):
        # After the rollback: the refusal must not take the draft with it.
        RulingDraft.objects.create(
            task=task, card_id=card_id[:36], body=draft, sent_by=by, received_at=at
        )
        raise


def locked(task: Task) -> Task:
    return locked_all([task.pk])[task.pk]


def locked_all(pks: Iterable[int]) -> dict[int, Task]:
    """Hold several tasks, always in the same order."""
    rows = Task.objects.select_for_update(of=("self",)).filter(pk__in=set(pks)).order_by("pk")
    return {task.pk: task for task in rows.select_related("batch__project", "article")}


def refuse_unless_allowed(by: User, task: Task) -> None:
    if not can_rule(by, task):
        raise MayNotRule(_("You can’t adjudicate this article."))


def refuse_unless_open(task: Task) -> None:
    refuse_archived(task)
    if not is_open_to_rulings(task):
        raise NotOpenToRulings(
            _("This article is finished. Reopen it first.")
            if task.state == TaskState.ADJUDICATED
            else _("Coders are still at work on this article.")
        )


def refuse_archived(task: Task) -> None:
    if task.batch.project.archived_at:
        raise NotOpenToRulings(_("This project is archived."), code="archived")


def refuse_unless_current(task: Task, base_version: int) -> None:
    if task.version != base_version:
        raise StaleRuling(_("This article has changed since you saw it."))


def card_of(task: Task, card_id: str) -> Card:
    """Return a card of the task with its ruling, but for added spans."""
    found = task.cards.select_related("decision").exclude(kind=CardKind.ADDED)
    card = found.filter(card_id=card_id).first()
    if card is None:
        raise NotFound(_("There is no such card."))
    card.task = task
    return card


def was_ruled(task: Task, decisions: Iterable[Decision], *, by: User, at: datetime) -> None:
    """Count the task's cards anew, say that ``by`` is at it, and record ``decisions``."""
    task.state = TaskState.ADJUDICATING
    task.taken_by, task.taken_at = by, Now()
    card_rows.count(task)
    task.save(
        update_fields=["state", "version", "cards_open", "cards_disputed", "taken_by", "taken_at"]
    )
    for decision in decisions:
        record(
            AuditEvent.Kind.CARD_RULED,
            target=decision,
            by=by,
            at=at,
            batch=task.batch,
            task=str(task.uuid),
            outcome=str(decision.outcome),
        )
