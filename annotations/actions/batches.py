"""Articles are given to coders, by hand or by draw."""

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.enums import AssignmentState, Strategy, TaskState
from annotations.exceptions import Invalid
from annotations.models import AuditEvent, Batch, Project, User
from annotations.queries import codebook, training
from annotations.queries.batch_plan import Plan, Wish, plan


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
        coders_per_article=len(planned.members) if wish.training else wish.coders_per_article,
        overlap=wish.overlap,
        order=wish.order,
        selection=_as_asked(wish.articles),
        priority=wish.priority,
        is_one_per_cluster=wish.one_per_cluster,
        has_suggestions=wish.suggestions,
        is_training=wish.training,
        required_f1=wish.required_f1,
        required_articles=wish.required_articles,
        seed=wish.seed,
        due=wish.due,
        created_by=by,
        created_at=at,
    )
    if wish.strategy == Strategy.POOL:
        batch.drawers.set(planned.members.values())
    _write_tasks(batch, planned)
    _write_assignments(batch, planned, at)
    record(
        AuditEvent.Kind.BATCH_OPENED,
        target=batch,
        by=by,
        at=at,
        articles=len(planned.everything),
        coders=[str(member.uuid) for member in planned.members.values()],
    )
    return batch


def _write_tasks(batch: Batch, planned: Plan) -> None:
    given = [article for article, _coders in planned.everything]
    known = given if batch.is_training else planned.checks
    golds = training.gold_of(article.pk for article in known)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO annotations_task (
                uuid, batch_id, article_id, state, coders_wanted, position, version,
                cards_open, cards_disputed, known_gold_id
            )
            SELECT gen_random_uuid(), %s, article, %s, wanted, place - 1, 0, 0, 0, gold
            FROM unnest(%s::bigint[], %s::int[], %s::bigint[])
                 WITH ORDINALITY AS planned (article, wanted, gold, place)
            ORDER BY place
            """,
            [
                batch.pk,
                TaskState.OPEN.value,
                [article.pk for article in given],
                [planned.wanted(article) for article in given],
                [golds.get(article.pk) for article in given],
            ],
        )


def _write_assignments(batch: Batch, planned: Plan, at: datetime) -> None:
    if planned.is_pool:
        return
    placed = [
        (article.pk, planned.members[coder].pk)
        for article, coders in planned.everything
        for coder in coders
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO annotations_assignment (
                uuid, task_id, position, coder_id, codebook_id, state, created_at,
                doc_rev, span_count, flag, return_note
            )
            SELECT gen_random_uuid(), task.id, task.position, coder, %s, %s, %s, 0, 0, '', ''
            FROM unnest(%s::bigint[], %s::bigint[])
                 WITH ORDINALITY AS placed (article, coder, place)
            JOIN annotations_task task ON task.batch_id = %s AND task.article_id = article
            ORDER BY place
            """,
            [
                codebook.current(batch.project).pk,
                AssignmentState.ASSIGNED.value,
                at,
                [article for article, _coder in placed],
                [coder for _article, coder in placed],
                batch.pk,
            ],
        )


def _as_asked(articles: dict[str, Any]) -> dict[str, Any]:
    """Return a selection as JSON; the articles picked by hand are the batch's own."""
    kept = {**articles, "ids": len(articles["ids"])} if "ids" in articles else articles
    return json.loads(json.dumps(kept, cls=DjangoJSONEncoder))


def _invalid(field: str, detail: str, *, code: str) -> Invalid:
    return Invalid(detail, errors=[{"field": field, "code": code, "detail": detail}])
