"""Work on articles whose gold is known: held against it, tried again, and what it opens."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change, refuse_archived
from annotations.algorithms.agreement import Article as Measured
from annotations.algorithms.agreement import semeval
from annotations.enums import AssignmentState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import (
    Admission,
    Assignment,
    Attempt,
    AuditEvent,
    Gold,
    Member,
    Submission,
    Task,
    User,
)
from annotations.permissions import is_coder_of
from annotations.queries.agreement_evidence import furniture


class CannotTryAgain(Refused):
    """Only a training article that is handed in, of an open batch, can be tried again."""

    code = "cannot_try_again"


class AlreadyAdmitted(Refused):
    """An admin has let this coder in before."""

    code = "already_admitted"


class NotAdmittedByHand(Refused):
    """Nobody has let this coder in by hand."""

    code = "not_admitted_by_hand"


def hold_against(*, gold: Gold, submission: Submission) -> Attempt:
    """Count how far work that is being handed in agrees with gold that was known before."""
    assignment = submission.assignment
    article = assignment.task.article
    coded = Measured(
        length=article.text_length,
        marks={"": [_mark(span) for span in submission.spans]},
        excluded=furniture(article.zones),
        gold=[_mark(span) for span in gold.spans],
    ).cleaned()
    tally = semeval.tally(coded.gold or (), coded.marks[""])
    return Attempt.objects.create(
        assignment=assignment,
        submission=submission,
        number=assignment.attempts.count() + 1,
        alike=tally.both,
        own=tally.marked,
        gold=tally.in_gold,
    )


@transaction.atomic
def try_again(*, assignment: Assignment, by: User, at: datetime) -> Assignment:
    """Open a training article to its coder once more, with the spans as they were.

    That is practice: what counts for admission stays the first attempt.
    """
    Task.objects.select_for_update(of=("self",)).get(pk=assignment.task_id)
    rows = Assignment.objects.select_for_update(of=("self",)).select_related(
        "task__batch__project"
    )
    held = rows.get(pk=assignment.pk)
    batch = held.task.batch
    if not is_coder_of(by, held):
        raise Forbidden(_("This is somebody else’s work."))
    refuse_archived(batch.project)
    if not batch.is_training:
        raise CannotTryAgain(_("Only training articles can be tried again."))
    if batch.closed_at is not None:
        raise CannotTryAgain(_("This training is closed."))
    if held.state != AssignmentState.SUBMITTED:
        raise CannotTryAgain(_("This article is not handed in."))
    # By way of "returned", as all work comes back to its coder.
    for state in (AssignmentState.RETURNED, AssignmentState.CODING):
        held.state = state
        held.save(update_fields=["state"])
    record(AuditEvent.Kind.TRAINING_TRIED_AGAIN, target=held, by=by, at=at, batch=batch)
    return held


@transaction.atomic
def admit(*, member: Member, note: str, by: User, at: datetime) -> Admission:
    """Let a coder into every batch of the project, whatever the training came to."""
    project = lock_for_change(member.project, by=by)
    if not note.strip():
        message = _("Say why.")
        raise Invalid(message, errors=[{"field": "note", "code": "required", "detail": message}])
    if member.is_external or member.removed_at is not None:
        raise Refused(_("Only coders who are in the project can be admitted."), code="not_here")
    if member.admissions.filter(ended_at=None).exists():
        raise AlreadyAdmitted(_("%(name)s is admitted already.") % {"name": member.name})
    admission = Admission.objects.create(
        member=member, note=note.strip(), admitted_by=by, admitted_at=at
    )
    record(
        AuditEvent.Kind.MEMBER_ADMITTED,
        target=member,
        by=by,
        at=at,
        project=project,
        note=admission.note,
    )
    return admission


@transaction.atomic
def end_admission(*, member: Member, by: User, at: datetime) -> None:
    """Let training decide again. Work that was given meanwhile stays the coder's."""
    project = lock_for_change(member.project, by=by)
    if not member.admissions.filter(ended_at=None).update(ended_at=at):
        raise NotAdmittedByHand(_("%(name)s was not admitted by hand.") % {"name": member.name})
    record(AuditEvent.Kind.ADMISSION_ENDED, target=member, by=by, at=at, project=project)


def _mark(span: dict) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]
