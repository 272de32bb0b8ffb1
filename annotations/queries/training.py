"""Articles whose gold is known before anybody codes them, and what coders made of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from annotations.enums import AssignmentState, TaskState
from annotations.models import Assignment, Attempt, Batch, Decision, Gold, Member, Task
from annotations.queries import coding, differences
from annotations.queries.differences import Compared, Difference

#: An article that is adjudicated in some batch, or came with gold.
HAS_GOLD = Q(Exists(Task.objects.filter(article=OuterRef("pk"), state=TaskState.ADJUDICATED)))


def gold_of(articles: Iterable[int]) -> dict[int, int]:
    """Return the id of the gold of each of ``articles``, by id: the latest in force."""
    golds = Gold.objects.filter(
        task__article__in=list(articles), task__state=TaskState.ADJUDICATED
    )
    in_time = golds.order_by("task__adjudicated_at", "task", "number")
    return dict(in_time.values_list("task__article", "pk"))


def known_to(members: Iterable[Member], articles: Iterable[int]) -> set[tuple[int, int]]:
    """Return which of ``members`` were ever given which of ``articles``, or ruled on them.

    As pairs of ids.
    """
    members, articles = list(members), list(articles)
    work = Assignment.objects.filter(coder__in=members, task__article__in=articles)
    people = {member.user_id: member.pk for member in members if member.user_id is not None}
    ruled = Decision.objects.filter(made_by__in=people, task__article__in=articles)
    return set(work.values_list("coder", "task__article")) | {
        (people[user], article) for user, article in ruled.values_list("made_by", "task__article")
    }


@dataclass(frozen=True)
class Result:
    """What came of one training article: all attempts, and where the last differs from gold."""

    assignment: Assignment
    attempts: Sequence[Attempt]
    differences: Sequence[Difference]
    following: Assignment | None

    @property
    def last(self) -> Attempt:
        return self.attempts[-1]

    @property
    def can_try_again(self) -> bool:
        return self.assignment.state == AssignmentState.SUBMITTED


def result(assignment: Assignment) -> Result | None:
    """Return what came of a coder's own training article, once it was handed in."""
    attempts = list(assignment.attempts.select_related("submission").order_by("number"))
    task = assignment.task
    if not attempts or not task.batch.is_training or task.known_gold is None:
        return None
    spans = attempts[-1].submission.spans
    (found,) = differences.explained(
        task.batch.project, [Compared(task.article.text, spans, task.known_gold)]
    )
    waiting = coding.waiting(assignment.coder).filter(task__batch=task.batch)
    return Result(assignment, attempts, found, waiting.exclude(pk=assignment.pk).first())


@dataclass
class Trainee:
    """One coder of a training batch: of each article the first attempt and the last."""

    member: Member
    given: int = 0
    first: list[Attempt] = field(default_factory=list)
    last: dict[int, Attempt] = field(default_factory=dict)
    tries: int = 0

    @property
    def first_f1(self) -> float | None:
        return strict_f1(self.first)

    @property
    def last_f1(self) -> float | None:
        return strict_f1(self.last.values())


def trainees(batch: Batch) -> list[Trainee]:
    """Return what the coders of a training batch came to, by name. For who may know of them."""
    work = Assignment.objects.live().filter(task__batch=batch).select_related("coder__user")
    found: dict[int, Trainee] = {}
    for assignment in work:
        found.setdefault(assignment.coder_id, Trainee(assignment.coder)).given += 1
    attempts = Attempt.objects.filter(assignment__in=work).order_by("number")
    for attempt in attempts.select_related("assignment"):
        trainee = found[attempt.assignment.coder_id]
        trainee.tries += 1
        trainee.last[attempt.assignment_id] = attempt
        if attempt.number == 1:
            trainee.first.append(attempt)
    return sorted(found.values(), key=lambda one: one.member.name.casefold())


def strict_f1(attempts: Iterable[Attempt]) -> float | None:
    """Strict F1 over all spans of ``attempts``; none where there are none."""
    counts = [(one.alike, one.own + one.gold) for one in attempts]
    total = sum(spans for _alike, spans in counts)
    return 2 * sum(alike for alike, _spans in counts) / total if total else None
