import pytest

from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import (
    Article,
    Batch,
    Gold,
    Member,
    Span,
    SpanOp,
    Submission,
    Task,
)
from tests.annotations.actions.uploads import ADA, TEXT, VELMORA, imported, problems_of
from tests.factories import TUESDAY, CodebookFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def test_codings_become_a_batch_of_external_coders(admin):
    user = UserFactory(username="ben")
    job = imported(
        admin,
        {
            "text": TEXT,
            "codings": [
                {"coder": "ben", "spans": [{**ADA, "note": "who?"}, VELMORA]},
                {"coder": "chao", "spans": []},
            ],
        },
    )

    batch = Batch.objects.get()
    assert (batch.name, batch.import_job) == (f"import:{job.uuid}", job)
    task = Task.objects.get()
    assert (task.state, task.coders_wanted) == (TaskState.CODED, 2)
    assert task.cards.count() == 2
    ben, chao = task.assignments.order_by("coder__external_name")
    assert (ben.coder.external_name, ben.coder.user, ben.state) == ("ben", None, "submitted")
    assert (ben.doc_rev, ben.span_count, chao.doc_rev) == (2, 2, 0)
    assert not Member.objects.filter(user=user).exists()
    assert [span["quote"] for span in ben.submissions.get().spans] == ["Ada Brandt", "Velmora"]
    assert chao.submissions.get().spans == []


def test_the_log_of_imported_work_comes_to_its_spans(admin):
    imported(
        admin,
        {"text": TEXT, "codings": [{"coder": "a", "spans": [{**ADA, "note": "!"}, VELMORA]}]},
    )

    for span in Span.objects.all():
        op = SpanOp.objects.get(span_uuid=span.uuid)
        assert (op.type, op.status, op.rev) == ("create", "applied", span.rev)
        body = {name: op.body[name] for name in ("label", "start", "end", "quote", "note")}
        assert body == {
            "label": span.label.key,
            "start": span.start,
            "end": span.end,
            "quote": span.quote,
            "note": span.note,
        }


def test_gold_makes_the_task_adjudicated_and_keeps_what_it_says(admin):
    span = {
        **ADA,
        "id": "6f8f5d1e-7c33-4f0e-8d2f-0d6c1c2a9c11",
        "source": "majority",
        "coders": ["ben", "chao"],
        "decision": "0d3c2f60-58a8-4a37-9a0e-6a8f2a1b9f10",
    }
    imported(admin, {"text": TEXT, "codebook_version": 7, "spans": [span]})

    task = Task.objects.get()
    assert (task.state, task.adjudicated_at) == (TaskState.ADJUDICATED, TUESDAY)
    gold = Gold.objects.get()
    assert (gold.number, gold.codebook_version) == (1, 7)
    [kept] = gold.spans
    names = [Member.objects.get(uuid=coder).external_name for coder in kept.pop("coders")]
    assert names == span.pop("coders")
    assert kept == {**span, "attributes": [], "links": [], "note": ""}


def test_empty_gold_is_gold_and_codings_beside_it_stay_codings(admin):
    imported(admin, {"text": TEXT, "spans": [], "codings": [{"coder": "a", "spans": [ADA]}]})

    task = Task.objects.get()
    assert task.state == TaskState.ADJUDICATED
    assert task.golds.get().spans == []
    assert task.assignments.get().state == AssignmentState.SUBMITTED


def test_an_import_never_finishes_a_task_by_itself(admin):
    same = [{"coder": name, "spans": [ADA]} for name in ("a", "b")]
    imported(admin, {"text": TEXT, "codings": same})

    task = Task.objects.get()
    assert (task.state, task.cards_open) == (TaskState.CODED, 0)


def test_the_same_record_again_is_a_duplicate(admin):
    record = {
        "id": "x",
        "text": TEXT,
        "spans": [ADA],
        "codings": [{"coder": "a", "spans": [ADA]}],
    }
    imported(admin, record)
    again = imported(admin, record, record)

    assert (again.created, again.duplicates, again.refused) == (0, 2, 0)
    assert Batch.objects.count() == Submission.objects.count() == Gold.objects.count() == 1


def test_new_codings_of_a_known_text_are_added(admin):
    imported(admin, {"id": "x", "text": TEXT, "codings": [{"coder": "a", "spans": [ADA]}]})
    again = imported(
        admin,
        {
            "id": "x",
            "text": TEXT,
            "codings": [{"coder": "a", "spans": [ADA]}, {"coder": "b", "spans": []}],
        },
    )

    assert (again.created, again.duplicates) == (1, 0)
    assert Article.objects.count() == 1
    [added] = Task.objects.get(batch=again.batch).assignments.all()
    assert added.coder.external_name == "b"


def test_records_of_one_import_share_a_task(admin):
    imported(
        admin,
        {"id": "x", "text": TEXT, "codings": [{"coder": "a", "spans": [ADA]}]},
        {"id": "x", "text": TEXT, "codings": [{"coder": "b", "spans": []}]},
        {"id": "x", "text": TEXT, "spans": [ADA]},
    )

    task = Task.objects.get()
    assert (task.coders_wanted, task.assignments.count()) == (2, 2)
    assert task.state == TaskState.ADJUDICATED


def test_a_coder_who_contradicts_herself_within_an_import_is_refused(admin):
    job = imported(
        admin,
        {"id": "x", "text": TEXT, "codings": [{"coder": "a", "spans": [ADA]}]},
        {"id": "x", "text": TEXT, "codings": [{"coder": "a", "spans": []}]},
    )
    assert problems_of(job) == [(2, "coder_repeated")]
