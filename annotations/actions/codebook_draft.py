"""The draft of the next codebook version: kept while it is thought about, then published."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from annotations.actions import codebook
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.algorithms.codebook_changes import merge
from annotations.enums import Change
from annotations.models import AuditEvent, CodebookDraft, CodebookVersion, Project, User
from annotations.queries import codebook_draft
from annotations.queries.codebook_draft import Edition


@transaction.atomic
def save(
    *,
    project: Project,
    seen: Edition,
    labels: Sequence[dict[str, Any]],
    rules: Sequence[dict[str, str]],
    change: Change,
    note: str,
    by: User,
    at: datetime,
) -> CodebookDraft:
    """Keep what was made of ``seen`` as the draft of the project.

    What others saved or published since is put together with it, field by field. A label of
    the published version that is not among ``labels`` becomes retired.
    """
    if faults := codebook.twins(labels, rules):
        raise codebook.CannotPublish(_("The draft can't be kept as it is."), errors=faults)
    project = lock_for_change(project, by=by)
    content = _content(seen, labels, rules)
    latest = codebook_draft.latest(project)
    if seen.numbers != latest.numbers:
        content = merge(seen.content, content, latest.content)
    _close(project, at)
    number = (project.drafts.aggregate(last=Max("number"))["last"] or 0) + 1
    draft = project.drafts.create(
        number=number,
        base=latest.version,
        content=content,
        change=change,
        note=note,
        saved_by=by,
        saved_at=at,
    )
    record(AuditEvent.Kind.CODEBOOK_DRAFTED, target=project, by=by, at=at, draft=number)
    return draft


@transaction.atomic
def publish(
    *,
    project: Project,
    seen: Edition,
    labels: Sequence[dict[str, Any]],
    rules: Sequence[dict[str, str]],
    change: Change,
    note: str,
    by: User,
    at: datetime,
) -> CodebookVersion | None:
    """Publish what was made of ``seen``, and return the version.

    If others saved or published since, nothing is published: what they did and this are kept
    together as the draft, to be looked at first.
    """
    project = lock_for_change(project, by=by)
    latest = codebook_draft.latest(project)
    if seen.numbers != latest.numbers:
        save(
            project=project,
            seen=seen,
            labels=labels,
            rules=rules,
            change=change,
            note=note,
            by=by,
            at=at,
        )
        return None
    content = _content(seen, labels, rules)
    _close(project, at)
    return codebook.publish(
        project=project,
        labels=content["labels"],
        rules=content["rules"],
        change=change,
        note=note,
        by=by,
        at=at,
    )


@transaction.atomic
def discard(*, project: Project, by: User, at: datetime) -> None:
    """Take the draft away; without one, nothing happens."""
    project = lock_for_change(project, by=by)
    if _close(project, at):
        record(AuditEvent.Kind.CODEBOOK_DRAFT_DISCARDED, target=project, by=by, at=at)


def _content(
    seen: Edition, labels: Sequence[dict[str, Any]], rules: Sequence[dict[str, str]]
) -> dict[str, Any]:
    given = {label["key"] for label in labels}
    gone = [label for label in seen.published["labels"] if label["key"] not in given]
    return {
        "labels": codebook.whole([*labels, *({**label, "retired": True} for label in gone)]),
        "rules": list(rules),
    }


def _close(project: Project, at: datetime) -> int:
    return project.drafts.filter(closed_at=None).update(closed_at=at)
