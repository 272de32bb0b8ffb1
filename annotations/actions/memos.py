"""A coder asks about words of an article; an admin answers, for all coders or for that one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change, refuse_archived, refuse_blind
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import Assignment, AuditEvent, Label, Memo, Question, User
from annotations.permissions import is_coder_of


class Answered(Refused):
    """Somebody else has answered meanwhile."""

    code = "answered"


@transaction.atomic
def ask(
    *,
    assignment: Assignment,
    start: int,
    end: int,
    text: str,
    by: User,
    at: datetime,
    label: str = "",
) -> Question:
    """Ask the admin about ``[start, end)`` of the article. No other coder learns of it."""
    project = assignment.task.batch.project
    refuse_archived(project)
    if not is_coder_of(by, assignment):
        raise Forbidden(_("This is somebody else’s work."))
    quote = assignment.task.article.text[start:end]
    if not 0 <= start < end or len(quote) != end - start:
        raise Invalid(_("The article has no such words."))
    if not text.strip():
        raise Invalid(_("Ask something."))
    return Question.objects.create(
        assignment=assignment,
        start=start,
        end=end,
        quote=quote,
        label=Label.objects.filter(project=project, key=label).first(),
        text=text.strip(),
        asked_at=at,
    )


@transaction.atomic
def answer(
    *,
    question: Question,
    asked: str,
    answer: str,
    by: User,
    at: datetime,
    is_for_all: bool = True,
) -> Memo:
    """Answer a question: ``asked`` is what the coders read of it, in the admin's own words."""
    batch = question.assignment.task.batch
    project = lock_for_change(batch.project, by=by)
    refuse_blind(batch, by=by)
    for field, words in (("asked", asked), ("answer", answer)):
        if not words.strip():
            detail = _("Say something.")
            fault = {"field": field, "code": "required", "detail": detail}
            raise Invalid(detail, errors=[fault])
    if not Question.objects.waiting().filter(pk=question.pk).exists():
        raise Answered(_("This question was answered meanwhile."))
    memo = Memo.objects.create(
        project=project,
        question=question,
        asked=asked.strip(),
        answer=answer.strip(),
        is_for_all=is_for_all,
        answered_by=by,
        answered_at=at,
    )
    record(AuditEvent.Kind.QUESTION_ANSWERED, target=memo, by=by, at=at, batch=batch)
    return memo


@transaction.atomic
def take_back(*, memo: Memo, by: User, at: datetime) -> None:
    """Take an answer back, so that nobody reads it any more and its question waits again."""
    batch = memo.question.assignment.task.batch
    lock_for_change(memo.project, by=by)
    refuse_blind(batch, by=by)
    if Memo.objects.filter(pk=memo.pk, withdrawn_at=None).update(withdrawn_at=at):
        record(AuditEvent.Kind.ANSWER_TAKEN_BACK, target=memo, by=by, at=at, batch=batch)
