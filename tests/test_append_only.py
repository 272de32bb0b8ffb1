"""What was written down stays, whoever writes, by whatever way, as the application's role."""

import json
from itertools import product

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from annotations.actions import adjudication
from annotations.enums import Role
from annotations.models import (
    Article,
    ArticleRevision,
    AuditEvent,
    Decision,
    FlagAnswer,
    Gold,
    InvitationUse,
    Question,
    SpanOp,
    Submission,
)
from exports.models import Release, ReleaseFile, ReleaseItem
from tests import coder
from tests.exports.worlds import built
from tests.factories import MONDAY, AssignmentFactory, InvitationFactory, MemberFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = pytest.mark.django_db(transaction=True)

ACTOR = {"label": "actor", "start": 0, "end": 16}

#: A column of each table, which nothing may change once the row is there.
WRITTEN = {
    Article: "text",
    ArticleRevision: "zones",
    AuditEvent: "detail",
    Decision: "note",
    FlagAnswer: "note",
    Gold: "spans",
    InvitationUse: "used_at",
    Question: "text",
    Release: "content_hash",
    ReleaseFile: "sha256",
    ReleaseItem: "meta",
    SpanOp: "body",
    Submission: "spans",
}


def save(row, column, value):
    setattr(row, column, value)
    row.save()


def update(row, column, value):
    type(row)._base_manager.filter(pk=row.pk).update(**{column: value})


def bulk_update(row, column, value):
    setattr(row, column, value)
    type(row)._base_manager.bulk_update([row], [column])


def raw_update(row, column, value):
    if isinstance(value, list | dict):
        value = json.dumps(value)
    run(f"UPDATE {row._meta.db_table} SET {column} = %s WHERE id = %s", value, row.pk)


def upsert(row, column, value):
    setattr(row, column, value)
    type(row)._base_manager.bulk_create(
        [row], update_conflicts=True, update_fields=[column], unique_fields=["id"]
    )


def delete(row, column, value):
    type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


def raw_delete(row, column, value):
    run(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk)


def truncate(row, column, value):
    run(f"TRUNCATE {row._meta.db_table} CASCADE")


def switch_triggers_off(row, column, value):
    run(f"ALTER TABLE {row._meta.db_table} DISABLE TRIGGER USER")


def say_they_are_ignored(row, column, value):
    """Ask for what pgtrigger offers to whoever sets it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(DISTINCT tgname)::text FROM pg_trigger")
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", cursor.fetchone())
    raw_update(row, column, value)


def play_the_replica(row, column, value):
    run("SET LOCAL session_replication_role = replica")


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


WAYS = [
    save,
    update,
    bulk_update,
    raw_update,
    upsert,
    delete,
    raw_delete,
    truncate,
    switch_triggers_off,
    say_they_are_ignored,
    play_the_replica,
]


@pytest.fixture
def rows():
    """Return a row of each table."""
    task = coded_task([ACTOR], [ACTOR], settings={"auto_finish": False})
    adjudicator = adjudicator_of(task)
    adjudication.finish(task=task, by=adjudicator, at=timezone.now())
    project = task.batch.project
    work = AssignmentFactory(task__batch__project=project)
    coder.save(work, coder.step())
    FlagAnswer.objects.create(
        assignment=work, rev=1, flag="?", answered_by=adjudicator, answered_at=MONDAY
    )
    Question.objects.create(
        assignment=work, start=0, end=5, quote="Mayor", text="?", asked_at=MONDAY
    )
    ArticleRevision.objects.create(
        article=task.article, version=1, meta={}, zones=[], replaced_at=MONDAY
    )
    InvitationUse.objects.create(
        invitation=InvitationFactory(project=project),
        member=MemberFactory(project=project, roles=[Role.CODER]),
        used_at=MONDAY,
    )
    built(project)
    return {model: model._base_manager.first() for model in WRITTEN}


def other_value(row, column):
    field = row._meta.get_field(column)
    if isinstance(field, models.JSONField):
        return [{"other": 1}]
    return timezone.now() if isinstance(field, models.DateTimeField) else "0" * 64


def test_what_was_written_down_is_neither_changed_nor_removed(rows, as_application, trust):
    done = []
    tried = list(product(WAYS, WRITTEN.items()))
    for way, (model, column) in tried:
        row = model._base_manager.get(pk=rows[model].pk)
        try:
            with as_application():
                way(row, column, other_value(row, column))
        except DatabaseError:
            continue
        done.append((way.__name__, model.__name__))

    assert done == []
    # The control: the owner of the tables, whom nothing can keep from it.
    with transaction.atomic():
        say_they_are_ignored(rows[AuditEvent], "detail", {"other": 1})
    rows[AuditEvent].refresh_from_db()
    assert rows[AuditEvent].detail == {"other": 1}
    trust(
        "Who sees what",
        "The application’s own database role changes or removes what was written down",
        tried=f"{len(tried)} times, in {len(WAYS)} ways",
        of=f"{len(WRITTEN)} tables",
        control="the role that owns the tables changed 1 of 1 row",
        changed_or_removed=len(done),
    )
