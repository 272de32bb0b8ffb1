"""What the database itself refuses, whoever writes and by whatever way."""

import uuid
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.timezone import now

from annotations.enums import AssignmentState, TaskState
from annotations.models import (
    Article,
    ArticleRevision,
    Assignment,
    AuditEvent,
    CodebookVersion,
    Decision,
    Gold,
    Label,
    LabelDefinition,
    Span,
    SpanOp,
    Submission,
    Task,
)
from exports.models import Release
from tests.factories import (
    MONDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    UserFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


def make_span(assignment, start=0, end=5, **fields):
    text = assignment.task.article.text
    label = Label.objects.get(project=assignment.task.batch.project, key="actor")
    defaults = {"uuid": uuid.uuid4(), "label": label, "quote": text[start:end], "rev": 1}
    return Span.objects.create(assignment=assignment, start=start, end=end, **defaults | fields)


@contextmanager
def refuses(words, error=IntegrityError):
    """Expect the database to say no, and leave the test's transaction usable."""
    with pytest.raises(error, match=words), transaction.atomic():
        yield


def test_the_text_of_an_article_never_changes():
    article = ArticleFactory()

    with refuses("article_text_never_changes|Cannot update", DatabaseError):
        Article.objects.filter(pk=article.pk).update(text=article.text[::-1])


def test_an_article_matches_its_hash():
    with refuses("article_matches_its_hash"):
        ArticleFactory(text_sha256="0" * 64)


def test_an_article_knows_its_length_in_code_points():
    assert ArticleFactory(text="a😀é").text_length == 3
    with refuses("article_knows_its_length"):
        ArticleFactory(text="a😀é", text_length=4)


def test_a_span_ends_after_it_starts():
    with refuses("span_ends_after_it_starts|span_is_as_long_as_its_quote"):
        make_span(AssignmentFactory(), start=5, end=5)


def test_a_span_lies_inside_its_article():
    assignment = AssignmentFactory()
    length = assignment.task.article.text_length

    make_span(assignment, start=length - 1, end=length)
    with refuses("span_lies_inside_its_article"):
        make_span(assignment, start=length - 1, end=length + 1, quote=".!")


def test_a_span_is_as_long_as_its_quote():
    with refuses("span_is_as_long_as_its_quote"):
        make_span(AssignmentFactory(), quote="May")


def test_a_span_has_a_label_of_its_own_project():
    foreign = CodebookFactory().project.labels.get(key="actor")

    with refuses("a span has a label of another project"):
        make_span(AssignmentFactory(), label=foreign)


def test_a_coder_has_one_assignment_per_task():
    assignment = AssignmentFactory()

    with refuses("coder_has_one_assignment_per_task"):
        AssignmentFactory(task=assignment.task, coder=assignment.coder)


def test_a_task_never_has_more_live_coders_than_it_wants():
    task = TaskFactory(coders_wanted=1)
    first = AssignmentFactory(task=task)

    with refuses("live_assignments_never_exceed_those_wanted"):
        AssignmentFactory(task=task)

    Assignment.objects.filter(pk=first.pk).update(state=AssignmentState.RELEASED)
    AssignmentFactory(task=task)
    with refuses("live_assignments_never_exceed_those_wanted"):
        Assignment.objects.filter(pk=first.pk).update(state=AssignmentState.ASSIGNED)


def test_a_task_counts_its_live_coders_whatever_becomes_of_them():
    task = TaskFactory(coders_wanted=3)
    other = TaskFactory(batch=task.batch)
    first, second = AssignmentFactory.create_batch(2, task=task)

    def counted():
        return list(Task.objects.order_by("pk").values_list("coders_live", flat=True))

    assert counted() == [2, 0]
    Assignment.objects.filter(pk=first.pk).update(state=AssignmentState.CODING)
    assert counted() == [2, 0]
    Assignment.objects.filter(task=task).update(state=AssignmentState.RELEASED)
    assert counted() == [0, 0]
    Assignment.objects.filter(pk=first.pk).update(state=AssignmentState.ASSIGNED)
    assert counted() == [1, 0]
    Assignment.objects.filter(pk=first.pk).update(task=other)
    assert counted() == [0, 1]
    first.delete()
    second.delete()
    assert counted() == [0, 0]


def test_the_database_tells_when_work_was_active_and_nobody_else():
    work = AssignmentFactory(active_at=MONDAY, created_at=MONDAY)
    given = Assignment.objects.get().active_at
    assert given.date() == now().date()

    for step in ({"saved_at": MONDAY}, {"state": AssignmentState.CODING}):
        Assignment.objects.update(active_at=MONDAY)
        Assignment.objects.filter(pk=work.pk).update(**step)
        assert Assignment.objects.get().active_at >= given


def test_only_work_that_is_taken_away_has_expired():
    work = AssignmentFactory(state=AssignmentState.CODING)
    with refuses("only_work_taken_away_has_expired"):
        Assignment.objects.update(has_expired=True)

    Assignment.objects.update(state=AssignmentState.RELEASED, has_expired=True)
    work.refresh_from_db()
    assert work.has_expired
    Assignment.objects.update(state=AssignmentState.CODING)
    work.refresh_from_db()
    assert not work.has_expired


@pytest.mark.parametrize(
    ("field", "value", "constraint"),
    [
        ("priority", 0, "batch_has_a_known_priority"),
        ("daily_quota", 0, "daily_quota_is_one_article_or_more"),
        ("lease_days", 0, "lease_is_one_day_or_more"),
    ],
)
def test_a_batch_has_settings_that_make_sense(field, value, constraint):
    with refuses(constraint):
        BatchFactory(**{field: value})


def test_a_task_never_wants_fewer_coders_than_it_has():
    task = AssignmentFactory.create_batch(2, task=TaskFactory())[0].task

    with refuses("task_wants_no_fewer_than_it_has"):
        Task.objects.filter(pk=task.pk).update(coders_wanted=1)


def test_a_task_joins_an_article_and_a_batch_of_one_project():
    with refuses("task_stays_in_one_project"):
        TaskFactory(batch=BatchFactory(), article=ArticleFactory())


LEGAL_TASK_STEPS = {
    ("open", "coded"),
    ("coded", "adjudicating"),
    ("adjudicating", "adjudicated"),
    ("coded", "open"),
    ("adjudicating", "open"),
    ("adjudicated", "adjudicating"),
    ("open", "dropped"),
}


@pytest.mark.parametrize("after", TaskState.values)
@pytest.mark.parametrize("before", TaskState.values)
def test_a_task_takes_only_legal_steps(before, after):
    task = TaskFactory(state=before, adjudicated_at=MONDAY)
    step = Task.objects.filter(pk=task.pk)

    if before == after or (before, after) in LEGAL_TASK_STEPS:
        assert step.update(state=after) == 1
    else:
        with refuses("Invalid transition", DatabaseError):
            step.update(state=after)


LEGAL_ASSIGNMENT_STEPS = {
    ("assigned", "coding"),
    ("assigned", "submitted"),
    ("coding", "submitted"),
    ("submitted", "returned"),
    ("returned", "coding"),
    ("assigned", "released"),
    ("coding", "released"),
    ("returned", "released"),
    ("released", "assigned"),
    ("released", "coding"),
}


@pytest.mark.parametrize("after", AssignmentState.values)
@pytest.mark.parametrize("before", AssignmentState.values)
def test_an_assignment_takes_only_legal_steps(before, after):
    assignment = AssignmentFactory(state=before, submitted_at=MONDAY)
    step = Assignment.objects.filter(pk=assignment.pk)

    if before == after or (before, after) in LEGAL_ASSIGNMENT_STEPS:
        assert step.update(state=after) == 1
    else:
        with refuses("Invalid transition", DatabaseError):
            step.update(state=after)


def test_an_external_coder_is_a_name_and_nothing_but_a_coder():
    project = ProjectFactory()

    MemberFactory(project=project, user=None, external_name="Lisa")
    with refuses("external_coder_has_one_row_per_name"):
        MemberFactory(project=project, user=None, external_name="Lisa")
    with refuses("external_member_is_a_coder_only"):
        MemberFactory(project=project, user=None, external_name="Max", roles=["admin"])
    with refuses("member_is_a_user_or_a_name"):
        MemberFactory(project=project, user=None)
    with refuses("member_is_a_user_or_a_name"):
        MemberFactory(project=project, user=UserFactory(), external_name="Lisa")


def test_a_hotkey_tags_one_label_of_a_version():
    codebook = CodebookFactory()
    label = Label.objects.create(project=codebook.project, key="agent")

    with refuses("hotkey_tags_one_label"):
        LabelDefinition.objects.create(
            codebook=codebook, label=label, position=9, name="Agent", colour="#000", hotkey="a"
        )


def test_a_span_is_created_once():
    fields = {
        "assignment": AssignmentFactory(),
        "span_uuid": uuid.uuid4(),
        "client_id": "desk",
        "type": "create",
        "body": {},
        "result": {},
        "received_at": MONDAY,
    }
    SpanOp.objects.create(op_id=uuid.uuid4(), seq=1, status="applied", rev=1, **fields)
    SpanOp.objects.create(op_id=uuid.uuid4(), seq=2, status="gone", **fields)

    with refuses("span_is_created_once_per_assignment"):
        SpanOp.objects.create(op_id=uuid.uuid4(), seq=3, status="applied", rev=2, **fields)


def append_only_rows():
    assignment = submitted(AssignmentFactory(), [{"label": "actor", "start": 0, "end": 5}])
    article = assignment.task.article
    ArticleRevision.objects.create(
        article=article, version=1, meta={}, zones=[], replaced_at=MONDAY
    )
    SpanOp.objects.create(
        assignment=assignment,
        op_id=uuid.uuid4(),
        seq=1,
        client_id="c",
        type="flag",
        body={},
        status="applied",
        result={},
        rev=1,
        received_at=MONDAY,
    )
    Decision.objects.create(
        task=assignment.task, card_id="0" * 32, outcome="reject", is_automatic=True, made_at=MONDAY
    )
    Gold.objects.create(task=assignment.task, number=1, spans=[], made_at=MONDAY)
    AuditEvent.objects.create(
        kind="card.ruled", target_type="task", target_uuid=uuid.uuid4(), at=MONDAY
    )


APPEND_ONLY = [
    (ArticleRevision, "version"),
    (AuditEvent, "kind"),
    (CodebookVersion, "number"),
    (Decision, "outcome"),
    (Gold, "number"),
    (LabelDefinition, "name"),
    (SpanOp, "seq"),
    (Submission, "doc_rev"),
]


@pytest.mark.parametrize(
    ("model", "field"), APPEND_ONLY, ids=[model.__name__ for model, _ in APPEND_ONLY]
)
def test_what_is_written_once_is_never_changed(model, field):
    append_only_rows()
    row = model.objects.first()
    table = model._meta.db_table

    with refuses("Cannot update or delete", DatabaseError):
        row.save()
    with refuses("Cannot update or delete", DatabaseError):
        model.objects.update(**{field: getattr(row, field)})
    with refuses("Cannot update or delete", DatabaseError):
        connection.cursor().execute(f'UPDATE "{table}" SET "{field}" = "{field}"')
    with refuses("Cannot update or delete|protected", DatabaseError):
        model.objects.all().delete()
    with refuses("Cannot update or delete", DatabaseError):
        connection.cursor().execute(f'DELETE FROM "{table}"')


@pytest.mark.parametrize("model", [model for model, _ in APPEND_ONLY] + [Release])
def test_the_application_can_neither_empty_a_table_nor_drop_its_trigger(model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE workbench")
        with refuses("permission denied", DatabaseError):
            cursor.execute(f'TRUNCATE "{table}" CASCADE')
        with refuses("must be owner", DatabaseError):
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')


def ready_release():
    return Release.objects.create(
        project=ProjectFactory(),
        number=1,
        name="First",
        request={},
        state="ready",
        content_hash="0" * 64,
        created_at=MONDAY,
    )


def test_a_ready_release_never_changes():
    release = ready_release()

    with refuses("a ready release never changes", DatabaseError):
        Release.objects.filter(pk=release.pk).update(name="Second")


def test_a_release_is_retracted_only_with_a_reason_and_stays_so():
    release = ready_release()
    row = Release.objects.filter(pk=release.pk)

    with refuses("retracted_release_has_a_reason"):
        row.update(state="retracted")
    row.update(state="retracted", retracted_reason="Two articles were mixed up.")
    with refuses("Invalid transition", DatabaseError):
        row.update(state="ready", retracted_reason="")


def test_a_release_is_never_deleted():
    ready_release()

    with refuses("Cannot delete", DatabaseError):
        Release.objects.all().delete()
