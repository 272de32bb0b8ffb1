"""To look at how others code is a deed too: it could change what comes of the work."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from annotations.actions.audit import event
from annotations.models import Assignment, AuditEvent, Batch, User


def note(*, work: Iterable[Assignment], by: User, at: datetime) -> None:
    """Record that ``by`` was shown the codings of ``work``: an event for each batch.

    Looking at what one has coded oneself is none. Each of ``work`` comes with
    its task's batch and its coder.
    """
    seen: dict[Batch, list[str]] = defaultdict(list)
    for assignment in work:
        if assignment.coder.user_id != by.pk:
            seen[assignment.task.batch].append(str(assignment.uuid))
    AuditEvent.objects.bulk_create(
        event(
            AuditEvent.Kind.CODINGS_READ,
            target=batch,
            batch=batch,
            by=by,
            at=at,
            detail={"work": uuids},
        )
        for batch, uuids in seen.items()
    )
