import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models.functions import Now

from annotations.actions import codebook, import_run, imports
from annotations.algorithms import text as texts
from annotations.enums import JobState, Role
from annotations.exceptions import Forbidden
from annotations.models import (
    Article,
    AuditEvent,
    Batch,
    ImportJob,
    Member,
    SourceFile,
    Task,
    User,
)
from annotations.queries.codebook import as_contract, current
from tests.annotations.actions.uploads import ADA, TEXT, file_of, imported, problems_of, requested
from tests.databases import unreadable
from tests.factories import MONDAY, TUESDAY, CodebookFactory, MemberFactory

ARTICLES = Path(__file__).parents[4] / "shared" / "articles"

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


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
        assert article.zones_by == "rules"


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


@pytest.mark.parametrize("lost", ["role", "account"])
def test_the_right_is_looked_at_again_when_the_job_runs(admin, lost):
    job = requested(admin, file_of({"text": TEXT}))
    if lost == "role":
        Member.objects.filter(pk=admin.pk).update(roles=[Role.CODER])
    else:
        User.objects.filter(pk=admin.user_id).update(is_active=False)

    job = imports.run_import(job_id=job.pk, at=TUESDAY)

    assert job.state == JobState.FAILED
    assert "may no longer" in job.failure
    assert not Article.objects.exists()


@pytest.mark.parametrize(("name", "format"), [("a.pdf", ""), ("a.txt", "pdf")])
def test_a_format_that_nobody_reads_is_refused_before_anything_is_kept(admin, name, format):
    with pytest.raises(imports.UnknownFormat):
        requested(admin, file_of({"text": TEXT}), ContentFile(b"%PDF", name=name), format=format)
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


def test_labels_that_an_import_declares_take_the_first_letter_of_theirs_that_is_free(admin):
    keys = ("PER", "person", "Local", "sum", "unfit", "unto")
    spans = [{**ADA, "label": key} for key in keys]
    imported(admin, {"text": TEXT, "spans": spans}, create_labels=True)

    latest = admin.project.codebooks.latest("number")
    letters = dict(latest.definitions.values_list("label__key", "hotkey"))
    assert letters == {
        **{"actor": "a", "location": "l", "event": "e", "claim": "c"},
        # P, S, U, M, N, F, T and O do something else; E, A, L and C tag already.
        **{"PER": "r", "person": "", "Local": "", "sum": "", "unfit": "i"},
        # The tenth, for which no digit stands either.
        "unto": "b",
    }


def test_a_retired_label_takes_no_digit_and_no_letter_from_what_an_import_declares(admin):
    labels = as_contract(current(admin.project))["labels"]
    in_use = [label for label in labels if label["key"] != "claim"]
    codebook.publish(project=admin.project, labels=in_use, by=admin.user, at=TUESDAY)
    keys = ("PER", "person", "Local", "sum", "unfit", "unto")
    spans = [{**ADA, "label": key} for key in keys]
    imported(admin, {"text": TEXT, "spans": spans}, create_labels=True)

    latest = admin.project.codebooks.latest("number")
    letters = dict(latest.definitions.values_list("label__key", "hotkey"))
    # The C is free, and for the ninth that people can choose there is a digit.
    assert (letters["Local"], letters["unto"]) == ("c", "")


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


@pytest.mark.django_db(transaction=True)
def test_a_paused_worker_publishes_nothing_once_another_has_the_job(admin):
    job = requested(admin, file_of({"text": TEXT}))
    paused = imports._claim(job.pk)
    ImportJob.objects.filter(pk=job.pk).update(lease_until=Now() - timedelta(seconds=1))
    imports.run_import(job_id=job.pk, at=TUESDAY)

    with pytest.raises(imports.LostClaim):
        import_run.work(paused, TUESDAY, lambda job: None)
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

    with unreadable("annotations_codebookversion"), pytest.raises(RuntimeError):
        imports.run_import(job_id=job.pk, at=TUESDAY)

    job.refresh_from_db()
    assert job.state == JobState.FAILED
