"""Articles are given to coders, by hand or by draw."""

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.enums import Strategy
from annotations.exceptions import Invalid
from annotations.models import Assignment, AuditEvent, Batch, Project, Task, User
from annotations.queries import codebook
from annotations.queries.batch_plan import Wish, plan

LARGEST_PIECE = 2000


class NameTaken(Invalid):
    """Another batch of the project has this name."""

    code = "name_taken"


class CannotPlace(Invalid):
    """Some articles would be left without coders."""

    code = "unplaced"


@transaction.atomic
def open_batch(*, project: Project, wish: Wish, by: User, at: datetime) -> Batch:
    """Give articles to coders, as ``queries.batch_plan.plan`` previews it, or let them draw.

    All or nothing: an article for which one-per-cluster leaves too few coders
    refuses the batch. The work pins the codebook of this moment.
    """
    # Held to the end, so that no codebook is published between the pin and the work.
    project = lock_for_change(project, by=by)
    if not wish.name:
        raise _invalid("name", _("Give the batch a name."), code="required")
    if project.batches.filter(name=wish.name).exists():
        message = _("There is a batch “%(name)s” already.") % {"name": wish.name}
        raise NameTaken(message, errors=[{"field": "name", "code": "taken", "detail": message}])
    planned = plan(project, wish)
    if planned.unplaced:
        raise CannotPlace(
            _("Some articles find too few coders who have no other version of their story."),
            errors=[
                {"field": "articles", "code": "unplaced", "detail": str(article.uuid)}
                for article in planned.unplaced
            ],
        )

    batch = Batch.objects.create(
        project=project,
        name=wish.name,
        strategy=wish.strategy,
        coders_per_article=wish.coders_per_article,
        overlap=wish.overlap,
        order=wish.order,
        selection=_as_asked(wish.articles),
        priority=wish.priority,
        is_one_per_cluster=wish.one_per_cluster,
        has_suggestions=wish.suggestions,
        seed=wish.seed,
        due=wish.due,
        created_by=by,
        created_at=at,
    )
    _look_rows_up_by_index()
    if wish.strategy == Strategy.POOL:
        batch.drawers.set(planned.members.values())
    tasks = Task.objects.bulk_create(
        (
            Task(
                batch=batch,
                article_id=article.pk,
                coders_wanted=planned.wanted(article),
                position=position,
            )
            for position, article in enumerate(planned.articles)
        ),
        batch_size=LARGEST_PIECE,
    )
    version = codebook.current(project)
    Assignment.objects.bulk_create(
        (
            Assignment(
                task=task,
                coder=planned.members[coder],
                codebook=version,
                position=task.position,
                created_at=at,
            )
            for task, (_article, coders) in zip(tasks, planned.placed, strict=True)
            for coder in coders
        ),
        batch_size=LARGEST_PIECE,
    )
    record(
        AuditEvent.Kind.BATCH_OPENED,
        target=batch,
        by=by,
        at=at,
        articles=len(tasks),
        coders=[str(member.uuid) for member in planned.members.values()],
    )
    return batch


def _look_rows_up_by_index() -> None:
    """Have the triggers find a task and its assignments in an index, to the end of this.

    What they planned while the tables were small would read all of them for each row that a
    large batch adds.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DISCARD PLANS")


def _as_asked(articles: dict[str, Any]) -> dict[str, Any]:
    """Return a selection as JSON; the articles picked by hand are the batch's own."""
    kept = {**articles, "ids": len(articles["ids"])} if "ids" in articles else articles
    return json.loads(json.dumps(kept, cls=DjangoJSONEncoder))


def _invalid(field: str, detail: str, *, code: str) -> Invalid:
    return Invalid(detail, errors=[{"field": field, "code": code, "detail": detail}])
