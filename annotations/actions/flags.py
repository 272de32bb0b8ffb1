"""An admin answers what a coder flagged."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change, refuse_blind
from annotations.exceptions import Refused
from annotations.models import Assignment, AuditEvent, FlagAnswer, User


class NothingFlagged(Refused):
    """The coder took the flag away, or never set one."""

    code = "nothing_flagged"


@transaction.atomic
def answer(*, assignment: Assignment, by: User, at: datetime, note: str = "") -> FlagAnswer:
    """Say something to a coder's flag, or without a ``note`` that it was seen.

    The coder reads it on the home page and beside the article. A later answer
    takes the place of an earlier one; a flag that is set anew waits again.
    """
    batch = assignment.task.batch
    lock_for_change(batch.project, by=by)
    held = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    refuse_blind(batch, by=by)
    if not held.flag:
        raise NothingFlagged(_("There is no flag on this work any more."))
    said = FlagAnswer.objects.create(
        assignment=held,
        rev=held.doc_rev,
        flag=held.flag,
        note=note,
        answered_by=by,
        answered_at=at,
    )
    record(AuditEvent.Kind.FLAG_ANSWERED, target=held, by=by, at=at, batch=batch)
    return said
