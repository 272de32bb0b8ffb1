import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now

from annotations.actions import imports
from annotations.algorithms import text as texts
from annotations.enums import AssignmentState, JobState, Role, TaskState
from annotations.exceptions import Forbidden
from annotations.models import (
    Article,
    AuditEvent,
    Batch,
    Gold,
    ImportJob,
    Member,
    SourceFile,
    Span,
    SpanOp,
    Submission,
    Task,
)
from tests.factories import MONDAY, TUESDAY, CodebookFactory, MemberFactory, UserFactory

ARTICLES = Path(__file__).parents[4] / "shared" / "articles"
TEXT = "Ada Brandt spoke in Velmora."
ADA = {"start": 0, "end": 10, "label": "actor", "quote": "Ada Brandt"}
VELMORA = {"start": 20, "end": 27, "label": "location", "quote": "Velmora"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def file_of(*records: dict, name: str = "records.jsonl") -> ContentFile:
    lines = "\n".join(json.dumps(record) for record in records)
    return ContentFile(lines.encode(), name=name)


def requested(admin: Member, *files: ContentFile, **options) -> ImportJob:
    return imports.request_import(
        project=admin.project, by=admin.user, at=MONDAY, files=files, **options
    )


def imported(admin: Member, *records: dict, **options) -> ImportJob:
    job = requested(admin, file_of(*records), **options)
    return imports.run_import(job_id=job.pk, at=TUESDAY)


def problems_of(job: ImportJob) -> list[tuple[int, str]]:
    return list(job.problems.order_by("pk").values_list("line", "code"))


def test_the_five_articles_come_in_as_they_are(admin):
    paths = sorted(ARTICLES.glob("*.txt"))
    assert len(paths) == 5, "the articles to test with are not beside the repository"
    files = [ContentFile(path.read_bytes(), name=path.name) for path in paths]

    job = requested(admin, *files)
    job = imports.run_import(job_id=job.pk, at=TUESDAY)

    assert (job.state, job.created, job.duplicates, job.refused) == ("ready", 5, 0, 0)
    assert (job.done, job.total) == (5, 5)
    for path in paths:
        article = Article.objects.get(project=admin.project, key=path.stem)
        raw = path.read_bytes()
        assert article.text == texts.canonical(texts.decode(raw).text)[0]
        assert article.text_sha256 == hashlib.sha256(article.text.encode()).hexdigest()
        assert article.source.sha256 == hashlib.sha256(raw).hexdigest()
        assert default_storage.open(article.source.path).read() == raw
        assert article.meta["title"] in article.text
        assert article.zones == []


def test_nothing_is_there_before_the_worker_has_run(admin):
    job = requested(admin, file_of({"text": TEXT}))

    assert job.state == JobState.QUEUED
    assert not Article.objects.exists()
    assert [event.kind for event in AuditEvent.objects.all()] == ["import.requested"]


def test_only_an_admin_imports(admin):
    coder = MemberFactory(project=admin.project, roles=[Role.CODER])
    with pytest.raises(Forbidden):
        requested(coder, file_of({"text": TEXT}))
    assert not ImportJob.objects.exists()


def test_the_right_is_looked_at_again_when_the_job_runs(admin):
    job = requested(admin, file_of({"text": TEXT}))
    Member.objects.filter(pk=admin.pk).update(roles=[Role.CODER])

    job = imports.run_import(job_id=job.pk, at=TUESDAY)

    assert job.state == JobState.FAILED
    assert "may no longer" in job.failure
    assert not Article.objects.exists()


@pytest.mark.parametrize(("name", "format"), [("a.zip", ""), ("a.txt", "zip")])
def test_a_format_that_nobody_reads_is_refused_before_anything_is_kept(admin, name, format):
    with pytest.raises(imports.UnknownFormat):
        requested(admin, file_of({"text": TEXT}), ContentFile(b"PK", name=name), format=format)
    assert not SourceFile.objects.exists()


def test_a_path_in_a_file_name_is_dropped(admin):
    file = ContentFile(b"Some text.", name="a.txt")
    file.name = "../../etc/passwd.txt"
    job = requested(admin, file)
    imports.run_import(job_id=job.pk, at=TUESDAY)
    assert Article.objects.get().key == "passwd"
    assert job.files.get().path.startswith(f"imports/{job.uuid}/")


def test_everything_a_record_says_is_kept(admin):
    record = {
        "id": "first",
        "text": TEXT,
        "meta": {"title": "Ärger 😀", "words": 5, "score": 0.1, "is_good": True, "author": None},
        "zones": [{"start": 0, "end": 10, "kind": "title"}],
        "cluster": "c-1",
        "split": "train",
    }

    imported(admin, record, {"text": "Another.", "cluster": None}, {"text": "A third."})

    article = Article.objects.get(key="first")
    assert article.meta == record["meta"]
    assert article.zones == record["zones"]
    assert (article.cluster.name, article.split) == ("c-1", "train")
    assert list(Article.objects.order_by("pk").values_list("is_clustered_by_hand", flat=True)) == [
        True,
        True,
        False,
    ]


def test_refused_records_are_named_by_file_and_line_and_the_others_come_in(admin):
    job = imported(
        admin,
        {"text": "Good."},
        {"text": TEXT, "codings": [{"coder": "a", "spans": [{**ADA, "label": "mood"}]}]},
        {"text": TEXT, "codings": [{"coder": "a", "spans": [{**ADA, "quote": "Bob"}]}]},
        {"text": "Also good."},
    )

    assert job.state == JobState.READY
    assert (job.created, job.refused) == (2, 2)
    assert problems_of(job) == [(2, "unknown_label"), (3, "quote_mismatch")]
    assert job.problems.first().file == "records.jsonl"


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


def test_another_text_of_the_same_id_is_refused(admin):
    imported(admin, {"id": "x", "text": TEXT})
    again = imported(admin, {"id": "x", "text": "Something else."}, {"id": "x", "text": TEXT})

    assert problems_of(again) == [(1, "id_taken")]
    assert (again.duplicates, again.created) == (1, 0)


def test_a_text_that_names_itself_is_a_duplicate_unless_it_is_to_be_kept(admin):
    imported(admin, {"text": TEXT})
    skipped = imported(admin, {"text": TEXT})
    kept = imported(admin, {"text": TEXT}, {"text": TEXT}, on_duplicate="keep")

    first, second, third = Article.objects.order_by("pk").values_list("key", flat=True)
    assert (skipped.created, skipped.duplicates) == (0, 1)
    assert (kept.created, kept.duplicates) == (2, 0)
    assert (second, third) == (f"{first}-2", f"{first}-3")


def test_create_labels_declares_what_it_meets_in_a_minor_version(admin):
    span = {
        **ADA,
        "id": "one",
        "label": "mood",
        "attributes": [{"name": "tone", "value": "dark"}],
        "links": [{"name": "about", "target": "one"}],
    }
    job = imported(
        admin, {"text": TEXT, "codings": [{"coder": "a", "spans": [span]}]}, create_labels=True
    )

    assert (job.created, job.refused) == (1, 0)
    latest = admin.project.codebooks.latest("number")
    assert (latest.number, latest.change) == (2, "minor")
    keys = latest.definitions.order_by("position").values_list("label__key", flat=True)
    assert list(keys) == ["actor", "location", "event", "claim", "mood"]
    mood = latest.definitions.get(label__key="mood")
    assert (mood.attributes, mood.links) == ([{"name": "tone"}], [{"name": "about"}])


def test_create_labels_publishes_nothing_if_nothing_is_new(admin):
    imported(admin, {"text": TEXT, "spans": [ADA]}, create_labels=True)
    assert admin.project.codebooks.count() == 1


def test_undeclared_attributes_are_refused(admin):
    job = imported(
        admin, {"text": TEXT, "spans": [{**ADA, "attributes": [{"name": "tone", "value": "x"}]}]}
    )
    assert problems_of(job) == [(1, "unknown_attribute")]


def test_a_dry_run_counts_everything_and_writes_nothing(admin):
    record = {"text": TEXT, "spans": [{**ADA, "label": "mood"}]}
    job = imported(admin, record, record, {"id": 7, "text": "x"}, dry_run=True, create_labels=True)

    assert (job.state, job.created, job.duplicates, job.refused) == ("ready", 1, 1, 1)
    assert not Article.objects.exists()
    assert not Batch.objects.exists()
    assert admin.project.codebooks.count() == 1


def test_suggestions_are_a_layer_of_their_own(admin):
    imported(admin, {"text": TEXT, "suggestions": [{"origin": "model", "spans": [ADA]}]})

    suggestion = Article.objects.get().suggestions.get()
    assert (suggestion.origin, suggestion.spans[0]["quote"]) == ("model", "Ada Brandt")
    assert not Task.objects.exists()


def test_a_cancelled_import_brings_nothing(admin):
    queued = requested(admin, file_of({"text": TEXT}))
    imports.cancel(job=queued, by=admin.user, at=MONDAY)
    assert imports.run_import(job_id=queued.pk, at=TUESDAY) is None

    running = requested(admin, file_of({"text": TEXT}))
    ImportJob.objects.filter(pk=running.pk).update(state=JobState.RUNNING)
    imports.cancel(job=running, by=admin.user, at=MONDAY)
    ended = imports.run_import(job_id=running.pk, at=TUESDAY)

    assert ended.state == JobState.CANCELLED
    assert not Article.objects.exists()
    with pytest.raises(imports.TooLate):
        imports.cancel(job=ended, by=admin.user, at=MONDAY)


def test_an_import_that_is_over_is_not_run_again(admin):
    job = requested(admin, file_of({"text": TEXT}))
    imports.run_import(job_id=job.pk, at=TUESDAY)
    assert imports.run_import(job_id=job.pk, at=TUESDAY) is None
    assert Article.objects.count() == 1


def test_an_import_whose_worker_died_begins_anew_and_doubles_nothing(admin):
    bad = {"text": TEXT, "oops": 1}
    job = requested(admin, file_of({"text": TEXT}, bad))
    dead = imports._claim(job.pk)
    imports._note(dead, [imports.import_writer.problem(job, job.files.get(), 2, problem())])
    assert imports.run_import(job_id=job.pk, at=TUESDAY) is None

    ImportJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    ended = imports.run_import(job_id=job.pk, at=TUESDAY)

    assert (ended.state, ended.created, ended.epoch) == ("ready", 1, 2)
    assert problems_of(ended) == [(2, "unknown_field")]


def problem():
    return imports.Problem("unknown_field", "…")


@pytest.mark.django_db(transaction=True)
def test_a_paused_worker_publishes_nothing_once_another_has_the_job(admin):
    job = requested(admin, file_of({"text": TEXT}))
    paused = imports._claim(job.pk)
    ImportJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    imports.run_import(job_id=job.pk, at=TUESDAY)

    with pytest.raises(imports.LostClaim):
        imports._work(paused, TUESDAY, lambda job: None)
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_takes_an_import_that_is_being_written(admin):
    job = requested(admin, file_of({"text": TEXT}))
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '20s'")
            cursor.execute("SELECT 1 FROM annotations_sourcefile FOR UPDATE")
            assert imports.run_import(job_id=job.pk, at=TUESDAY) is None
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert imports.run_import(job_id=job.pk, at=TUESDAY).state == JobState.READY


def test_an_unexpected_error_fails_the_job_and_is_raised(admin):
    job = requested(admin, file_of({"text": TEXT}))
    default_storage.delete(job.files.get().path)

    with pytest.raises(FileNotFoundError):
        imports.run_import(job_id=job.pk, at=TUESDAY)

    job.refresh_from_db()
    assert job.state == JobState.FAILED
