"""What coders flag and ask, and what was said to it."""

from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Coalesce

from annotations.enums import OpStatus, OpType
from annotations.models import Assignment, Batch, FlagAnswer, SpanOp, User
from annotations.models.batches import AssignmentQuerySet

SHOWN = 20


def unanswered(work: AssignmentQuerySet) -> AssignmentQuerySet:
    """Keep the work with a flag on it that nobody has answered since it was set."""
    raised = SpanOp.objects.filter(
        assignment=OuterRef("assignment"), type=OpType.FLAG, status=OpStatus.APPLIED
    )
    last = Coalesce(Subquery(raised.order_by("-rev").values("rev")[:1]), Value(0))
    answers = FlagAnswer.objects.filter(assignment=OuterRef("pk"), rev__gte=last)
    return work.filter(~Q(flag="") & ~Exists(answers))


def waiting(batch: Batch) -> AssignmentQuerySet:
    """Return the flagged work of ``batch`` that waits for an answer, the oldest first.

    Each row says by ``of`` how many there are.
    """
    rows = unanswered(Assignment.objects.live().filter(task__batch=batch))
    related = rows.select_related("task__article", "task__batch", "coder__user")
    counted = related.defer("task__article__text").annotate(of=Window(Count("pk")))
    return counted.order_by(F("saved_at").asc(nulls_last=True), "pk")


def answers_for(user: User, since: datetime) -> list[FlagAnswer]:
    """Return what was answered to ``user``'s own flags, the last answer to each, newest first."""
    own = FlagAnswer.objects.filter(
        assignment__in=Assignment.objects.of(user).live(), answered_at__gte=since
    )
    last = own.order_by("assignment", "-pk").distinct("assignment").values("pk")
    related = ("assignment__task__article", "assignment__task__batch", "answered_by")
    rows = FlagAnswer.objects.filter(pk__in=last).select_related(*related)
    return list(rows.defer("assignment__task__article__text").order_by("-pk")[:SHOWN])


def answer_to(assignment: Assignment) -> FlagAnswer | None:
    """Return the last answer to the flag on ``assignment``, if it has one and it was answered."""
    if not assignment.flag:
        return None
    return assignment.flag_answers.filter(flag=assignment.flag).order_by("-pk").first()
