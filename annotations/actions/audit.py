"""Write down who did what. Called inside the transaction of the deed itself."""

from datetime import datetime
from typing import Any

from annotations.models import AuditEvent, Batch, Project, User


def record(
    kind: AuditEvent.Kind,
    *,
    target: Any,
    by: User | None,
    at: datetime,
    project: Project | None = None,
    batch: Batch | None = None,
    **detail: Any,
) -> AuditEvent:
    """Append an event about ``target``; see ``event``."""
    written = event(kind, target=target, by=by, at=at, project=project, batch=batch, detail=detail)
    written.save(force_insert=True)
    return written


def event(
    kind: AuditEvent.Kind,
    *,
    target: Any,
    by: User | None,
    at: datetime,
    detail: dict[str, Any],
    project: Project | None = None,
    batch: Batch | None = None,
) -> AuditEvent:
    """Return an event about ``target``, a row with a UUID, for those who append several at once.

    ``project`` defaults to the target's own or its batch's. Name the ``batch``
    when the event tells something of coders' work: who is blind to the batch
    will not see the event. ``detail`` holds JSON values; people appear in it as
    member UUIDs, never by name.
    """
    if project is None and batch is not None:
        project = batch.project
    if project is None:
        project = target if isinstance(target, Project) else getattr(target, "project", None)
    return AuditEvent(
        project=project,
        batch=batch,
        kind=kind,
        actor=by,
        target_type=target._meta.model_name,
        target_uuid=target.uuid,
        detail=detail,
        at=at,
    )
