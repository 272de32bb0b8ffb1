"""The draft of the next codebook version: kept while it is thought about, then published."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from annotations.actions import codebook
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change, lock_for_proposal
from annotations.algorithms.codebook_changes import merge
from annotations.enums import Change
from annotations.exceptions import Invalid
from annotations.models import (
    AuditEvent,
    CodebookDraft,
    CodebookEntry,
    CodebookVersion,
    Decision,
    Memo,
    Project,
    User,
)
from annotations.queries import codebook_draft
from annotations.queries.codebook_draft import Edition

#: As many as the form of the codebook shows.
MOST_EXAMPLES = 200


class CannotAdd(Invalid):
    """The draft has this already, or no place for it."""

    code = "cannot_add"


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
        raise codebook.CannotPublish(_("The draft can’t be kept as it is."), errors=faults)
    project = lock_for_change(project, by=by)
    content = _content(seen, labels, rules)
    latest = codebook_draft.latest(project)
    if seen.numbers != latest.numbers:
        content = merge(seen.content, content, latest.content)
    return _keep(latest, content, change=change, note=note, by=by, at=at)


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


@transaction.atomic
def add_example(
    *,
    origin: Decision | Memo,
    label: str,
    text: str,
    by: User,
    at: datetime,
    note: str = "",
    is_not: bool = False,
) -> CodebookEntry:
    """Put what was ruled or answered into the draft as an example of ``label``, or of what it
    is not. In ``text``, square brackets mark the words that it is about."""
    project = lock_for_proposal(_project_of(origin), by=by)
    edition = codebook_draft.latest(project)
    content = deepcopy(edition.content)
    found = next((one for one in content["labels"] if one["key"] == label), None)
    if found is None or found["retired"]:
        raise _cannot_add("label", "unknown_label", _("The draft gives no such label."))
    known = {one if isinstance(one, str) else one["text"] for one in found["examples"]}
    if text in known:
        raise _cannot_add("text", "known_example", _("The label has this example already."))
    if len(known) >= MOST_EXAMPLES:
        raise _cannot_add("label", "too_many", _("A label has at most 200 examples."))
    said = {"text": text} | ({"note": note} if note else {}) | ({"not": True} if is_not else {})
    found["examples"] = [*found["examples"], said]
    _keep(edition, content, **_head_of(edition), by=by, at=at)
    return _entry(origin, label_key=label, by=by, at=at)


@transaction.atomic
def add_rule(
    *, origin: Decision | Memo, number: str, text: str, by: User, at: datetime
) -> CodebookEntry:
    """Put what was ruled or answered into the draft as a rule with a number of its own."""
    project = lock_for_proposal(_project_of(origin), by=by)
    edition = codebook_draft.latest(project)
    content = deepcopy(edition.content)
    if number in {rule["id"] for rule in content["rules"]}:
        said = _("There is a rule with this number already.")
        raise _cannot_add("number", "duplicate_rule", said)
    content["rules"] = [*content["rules"], {"id": number, "text": text}]
    _keep(edition, content, **_head_of(edition), by=by, at=at)
    return _entry(origin, rule=number, by=by, at=at)


def _project_of(origin: Decision | Memo) -> Project:
    return origin.project if isinstance(origin, Memo) else origin.task.batch.project


def _entry(origin: Decision | Memo, *, by: User, at: datetime, **what: str) -> CodebookEntry:
    return CodebookEntry.objects.create(
        project=_project_of(origin),
        decision=None if isinstance(origin, Memo) else origin,
        memo=origin if isinstance(origin, Memo) else None,
        made_by=by,
        made_at=at,
        **what,
    )


def _keep(
    latest: Edition, content: dict[str, Any], *, change: str, note: str, by: User, at: datetime
) -> CodebookDraft:
    project = latest.version.project
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


def _head_of(edition: Edition) -> dict[str, str]:
    """What the draft says of itself already; a new one is minor until somebody says otherwise."""
    draft = edition.draft
    return {"change": draft.change if draft else Change.MINOR, "note": draft.note if draft else ""}


def _cannot_add(field: str, code: str, detail: str) -> CannotAdd:
    return CannotAdd(detail, errors=[{"field": field, "code": code, "detail": detail}])


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
