"""What the admins of a project set for a batch, also while it is under way."""

from datetime import date, datetime
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.batches import NameTaken
from annotations.actions.guards import lock_for_change
from annotations.models import AuditEvent, Batch, User


class Settings(TypedDict, total=False):
    """What can be set; of what is not named everything stays."""

    name: str
    due: date | None
    priority: int
    daily_quota: int | None
    lease_days: int | None


@transaction.atomic
def change(*, batch: Batch, settings: Settings, by: User, at: datetime) -> Batch:
    """Set what ``settings`` name. It holds for what is drawn or gone on with from now on."""
    lock_for_change(batch.project, by=by)
    # Events and assignments point to the batch: who writes one need not wait.
    rows = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("project")
    batch = rows.get(pk=batch.pk)
    changed = {name: value for name, value in settings.items() if value != getattr(batch, name)}
    if not changed:
        return batch
    if "name" in changed:
        _refuse_taken(batch, str(changed["name"]))
    for name, value in changed.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(changed))
    record(AuditEvent.Kind.BATCH_CHANGED, target=batch, by=by, at=at, changed=sorted(changed))
    return batch


def _refuse_taken(batch: Batch, name: str) -> None:
    if Batch.objects.filter(project=batch.project, name=name).exclude(pk=batch.pk).exists():
        message = _("There is a batch “%(name)s” already.") % {"name": name}
        raise NameTaken(message, errors=[{"field": "name", "code": "taken", "detail": message}])
