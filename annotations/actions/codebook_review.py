"""A change of meaning is carried to what was coded before, where an admin says so.

Until then every piece of work stays on the version that it was coded by. Gold that is released
stays as it is for good.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotations.actions import cards as card_rows
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.actions.jobs import wake_on_commit
from annotations.enums import AssignmentState, CardKind, TaskState
from annotations.exceptions import Refused
from annotations.models import Assignment, AuditEvent, CodebookVersion, Project, Task, User
from annotations.permissions import is_coder_of
from annotations.queries import codebook, codebook_review
from annotations.queries.codebook_review import Standing

#: How many pieces of work are reached at once.
MOST = 500

RULED_AGAIN = (
    "codebook",
    "state",
    "adjudicated_at",
    "version",
    "cards_open",
    "cards_disputed",
)


class NothingToReview(Refused):
    """What was chosen is reviewed already, or was never touched."""

    code = "nothing_to_review"


@dataclass(frozen=True)
class Choice:
    """What an admin chose: these pieces of work or articles, or all of a label or a batch."""

    chosen: Collection[UUID] | None = None
    label: str = ""
    batch: UUID | None = None


@dataclass(frozen=True)
class Reached:
    """How many pieces of work were reached, and how many stayed as they were."""

    count: int
    stayed: int


@transaction.atomic
def go_on(*, project: Project, choice: Choice, by: User, at: datetime) -> Reached:
    """Have work in progress go on by today's codebook; its coders are told on their pages."""
    version = _version_held(project, by)
    held = _work_held(project, choice, Standing.PROGRESS, by)
    Assignment.objects.filter(pk__in=[work.pk for work in held]).update(codebook=version)
    _record([work.task for work in held], version, "go_on", by, at)
    return Reached(len(held), 0)


@transaction.atomic
def give_back(*, project: Project, choice: Choice, note: str, by: User, at: datetime) -> Reached:
    """Return work that was handed in, for its coders to look it through by today's codebook.

    Rulings on it are kept. Work whose coder can't sign in, or codes here no more, stays.
    """
    version = _version_held(project, by)
    held = _work_held(project, choice, Standing.SUBMITTED, by)
    returned = [work for work in held if _can_have_back(work)]
    for work in returned:
        work.state = AssignmentState.RETURNED
        work.return_note = note
        work.codebook = version
        work.save(update_fields=["state", "return_note", "codebook"])
        record(
            AuditEvent.Kind.ASSIGNMENT_RETURNED, target=work, by=by, at=at, batch=work.task.batch
        )
    for task in {work.task_id: work.task for work in returned}.values():
        task.state = TaskState.OPEN
        task.version += 1
        task.taken_by = task.taken_at = None
        task.save(update_fields=["state", "version", "taken_by", "taken_at"])
    _record([work.task for work in returned], version, "give_back", by, at)
    return Reached(len(returned), len(held) - len(returned))


@transaction.atomic
def rule_again(*, project: Project, choice: Choice, by: User, at: datetime) -> Reached:
    """Open adjudicated articles to rulings again, which then go by today's codebook.

    Rulings on labels whose meaning has changed wait to be confirmed. Spans that an adjudicator
    had added stay in gold, unless they are taken back. What was released stays as it was.
    """
    version = _version_held(project, by)
    scope = codebook_review.since(project, by)
    wanted = codebook_review.rows(_narrowed(scope, choice), Standing.GOLD, choice.batch)
    found = dict(_chosen(wanted, choice).values_list("pk", "gold_version")[:MOST])
    tasks = Task.objects.filter(pk__in=found, state=TaskState.ADJUDICATED)
    held = list(
        tasks.select_for_update(of=("self",))
        .select_related("batch__project", "article")
        .order_by("pk")
    )
    _refuse_nothing(held)
    for task in held:
        if not task.decisions.exists():
            card_rows.adopt(task=task, gold=task.golds.latest("number"), at=at)
        _doubt(task, scope.labels[found[task.pk] or 0])
        task.codebook = version
        task.state = TaskState.ADJUDICATING
        task.adjudicated_at = None
        card_rows.count(task)
        task.save(update_fields=RULED_AGAIN)
        record(AuditEvent.Kind.TASK_REOPENED, target=task, by=by, at=at, batch=task.batch)
    _record(held, version, "rule_again", by, at)
    for pk in {task.batch_id for task in held}:
        wake_on_commit("agreement.measure", batch_id=pk)
    return Reached(len(held), 0)


def _version_held(project: Project, by: User) -> CodebookVersion:
    """Return the latest version, which stays so: publishing waits for the project's row."""
    return codebook.current(lock_for_change(project, by=by))


def _work_held(project: Project, choice: Choice, standing: Standing, by: User) -> list[Assignment]:
    """Hold what is chosen of the work to review, under its tasks, as far as it is still so."""
    scope = _narrowed(codebook_review.since(project, by), choice)
    touched = _chosen(codebook_review.rows(scope, standing, choice.batch), choice)
    found = list(touched.values_list("pk", "task")[:MOST])
    tasks = Task.objects.filter(pk__in=[task for _pk, task in found])
    list(tasks.select_for_update(of=("self",)).order_by("pk"))
    work = codebook_review.work(scope, standing).filter(pk__in=[pk for pk, _task in found])
    related = work.select_related("task__batch__project", "coder__user")
    held = list(related.select_for_update(of=("self",)).order_by("pk"))
    _refuse_nothing(held)
    return held


def _narrowed(scope: codebook_review.Scope, choice: Choice) -> codebook_review.Scope:
    return scope.only(choice.label) if choice.label else scope


def _chosen(rows: QuerySet[Any], choice: Choice) -> QuerySet[Any]:
    return rows if choice.chosen is None else rows.filter(uuid__in=choice.chosen)


def _refuse_nothing(held: Collection[object]) -> None:
    if not held:
        raise NothingToReview(_("Nothing of what you chose is to be reviewed any more."))


def _can_have_back(work: Assignment) -> bool:
    person = work.coder.user
    return person is not None and is_coder_of(person, work)


def _doubt(task: Task, labels: Collection[str]) -> None:
    """Have those rulings confirmed that gave one of ``labels``, or were about one."""
    for card in task.cards.exclude(kind=CardKind.ADDED).select_related("decision"):
        if card.decision is None:
            continue
        rows = [*card.decision.spans, *(row for own in card.candidates.values() for row in own)]
        if any(row["label"] in labels for row in rows):
            card.is_stale = True
            card.save(update_fields=["is_stale"])


def _record(
    tasks: Collection[Task], version: CodebookVersion, step: str, by: User, at: datetime
) -> None:
    """Say for each batch how much of it was given to review."""
    batches = {task.batch_id: task.batch for task in tasks}
    for pk, count in Counter(task.batch_id for task in tasks).items():
        record(
            AuditEvent.Kind.CODEBOOK_REVIEW_ASKED,
            target=version.project,
            by=by,
            at=at,
            batch=batches[pk],
            version=version.number,
            step=step,
            count=count,
        )
