"""Questions that wait for an answer, and the answers that coders read."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from annotations.models import (
    Assignment,
    CodebookEntry,
    Memo,
    Project,
    Question,
    User,
)
from annotations.models.prepared import prepared
from annotations.queries import codebook

SHOWN = 20


def search(project: Project, user: User, words: str = "") -> QuerySet[Memo]:
    """Return the answers that ``user`` may read and that have all of ``words``, latest first."""
    found = Memo.objects.visible_to(user).filter(project=project)
    for word in words.split()[:10]:
        found = found.filter(
            Q(asked__icontains=word)
            | Q(answer__icontains=word)
            | Q(question__quote__icontains=word)
            | Q(question__label__key__icontains=word)
        )
    entries = CodebookEntry.objects.order_by("pk")
    return (
        found.select_related("question__label", "answered_by")
        .prefetch_related(Prefetch("entries", entries))
        .order_by("-pk")
    )


def after(found: QuerySet[Memo], last: UUID | None) -> QuerySet[Memo]:
    """Keep what comes after the answer with this UUID."""
    row = Memo.objects.filter(uuid=last).only("pk").first() if last else None
    return found.filter(pk__lt=row.pk) if row else found


def waiting(project: Project, user: User) -> QuerySet[Question]:
    """Return the questions that ``user`` may answer, the oldest first."""
    run = Question.objects.answerable_by(user).filter(assignment__task__batch__project=project)
    related = ("label", "assignment__task__article", "assignment__coder__user")
    rows = run.waiting().select_related(*related)
    return rows.defer("assignment__task__article__text").order_by("pk")


def of_work(assignment: Assignment) -> list[Question]:
    """Return what the coder asked on this article, the latest first, each with ``answers``."""
    answers = Prefetch("memos", Memo.objects.filter(withdrawn_at=None), to_attr="answers")
    rows = assignment.questions.select_related("label").prefetch_related(answers)
    return list(rows.order_by("-pk"))


def answered(assignment: Assignment) -> list[Memo]:
    """Return the answers to what the coder asked on this article, the latest first."""
    return _answered(assignment.pk)


@prepared
def _answered(assignment: int) -> QuerySet[Memo]:
    found = Memo.objects.filter(question__assignment=assignment, withdrawn_at=None)
    return found.select_related("question").order_by("-pk")


def answers_for(user: User, since: datetime) -> list[Memo]:
    """Return what was answered to ``user``'s own questions, the latest first."""
    own = Memo.objects.filter(
        question__assignment__in=Assignment.objects.of(user).live(),
        withdrawn_at=None,
        answered_at__gte=since,
    )
    return list(own.select_related("question", "project").order_by("-pk")[:SHOWN])


def chips(project: Project, rows: Iterable[Question]) -> None:
    """Give each question the definition of its label as ``chip``. One query."""
    known = {one.label_id: one for one in codebook.current_definitions(project)}
    for question in rows:
        label = question.label_id
        question.chip = None if label is None else known[label]  # type: ignore[attr-defined]
