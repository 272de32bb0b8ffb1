"""Work that lies idle: in a pool it goes to the next coder, elsewhere its coder is reminded."""

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from annotations.actions.audit import record
from annotations.actions.reminders import ring_for_mail
from annotations.enums import AssignmentState
from annotations.models import Assignment, AuditEvent, Reminder
from annotations.queries import leases

LARGEST_PIECE = 500


def expire(*, at: datetime) -> int:
    """Free what was abandoned in pools, and return how much that was.

    What was saved is kept. Its coder gets it back on coming for more before anybody else
    has taken the place.
    """
    total = 0
    while number := _expire_some(at):
        total += number
    return total


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Remind coders of work given to them that lies idle, once; return how many were."""
    # Two sweeps at once share the batches between them.
    batches = list(leases.leased().select_for_update(of=("self",), no_key=True, skip_locked=True))
    reminders = Reminder.objects.bulk_create(
        Reminder(member_id=row["coder"], batch_id=row["batch"], sent_at=Now())
        for row in leases.idle(batches)
    )
    for reminder in reminders:
        record(
            AuditEvent.Kind.BATCH_REMINDED,
            target=reminder.batch,
            by=None,
            at=at,
            batch=reminder.batch,
            coders=[str(reminder.member.uuid)],
        )
    ring_for_mail(reminders)
    return len(reminders)


@transaction.atomic
def _expire_some(at: datetime) -> int:
    # Work that is being saved or handed in at this moment is not abandoned. Nothing is waited
    # for, so that it does not matter in which order the rows are locked.
    rows = leases.abandoned().select_related("task__batch__project", "coder")
    work = list(rows.select_for_update(of=("self", "task"), skip_locked=True)[:LARGEST_PIECE])
    Assignment.objects.filter(pk__in=[row.pk for row in work]).update(
        state=AssignmentState.RELEASED, has_expired=True
    )
    for row in work:
        record(
            AuditEvent.Kind.ASSIGNMENT_EXPIRED,
            target=row,
            by=None,
            at=at,
            batch=row.task.batch,
            coder=str(row.coder.uuid),
        )
    return len(work)
