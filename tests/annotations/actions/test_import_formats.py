"""Imports of many files: folders and archives, told how far they are, called off, begun again."""

import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from annotations.actions import import_run, imports
from annotations.actions.jobs import CancelRequested
from annotations.enums import JobState, Role, TaskState
from annotations.models import Article, ImportJob, Member, Span, Task
from tests.annotations.actions.uploads import file_of, requested
from tests.annotations.importing.files import CORPORA, folder, zipped
from tests.factories import MONDAY, TUESDAY, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db

PAGES = 40


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def page(number: int) -> bytes:
    story = f"<p>The convoy number {number} came back to Velmora on Tuesday, after three days.</p>"
    return f"<html><body><nav>Home</nav><article>{story * 3}</article></body></html>".encode()


def pages(count: int = PAGES) -> ContentFile:
    files = [(f"site/{number:04}/index.html", page(number)) for number in range(count)]
    return ContentFile(zipped(*files), name="site.zip")


def run(job: ImportJob, **options) -> ImportJob:
    return imports.run_import(job_id=job.pk, at=TUESDAY, **options)


def test_a_real_brat_project_comes_in_as_the_work_of_four_coders(admin):
    files = folder(CORPORA / "bratiaa_es/brat_original")
    job = requested(
        admin,
        *(ContentFile(data, name="file") for _, data in files),
        paths=[f"brat_original/{name}" for name, _ in files],
        create_labels=True,
    )
    job = run(job)

    assert (job.state, job.created, job.refused) == ("ready", 7, 0)
    coders = Member.objects.filter(project=admin.project, user=None)
    assert sorted(coder.external_name for coder in coders) == ["Lisa", "Maria", "Max", "Peter"]
    assert Span.objects.count() == 1567
    assert set(Task.objects.values_list("state", "coders_wanted")) == {(TaskState.CODED, 4)}


def test_an_archive_of_pages_tells_how_far_it_is_page_by_page(admin, monkeypatch):
    monkeypatch.setattr(import_run, "_NOTED_EVERY", 0)
    job = requested(admin, pages(), ContentFile(b"A text.", name="a.txt"))
    seen = []

    def look(job):
        fresh = ImportJob.objects.get(pk=job.pk)
        seen.append((fresh.done, fresh.total))

    job = run(job, on_progress=look)

    assert seen == [*((n, PAGES + 1) for n in range(1, PAGES + 2)), (PAGES + 1, PAGES + 1)]
    assert (job.state, job.created, job.done) == ("ready", PAGES + 1, PAGES + 1)
    assert job.met == {"formats": {"html": PAGES, "txt": 1}, "encodings": {"utf-8": PAGES + 1}}
    assert Article.objects.filter(key="0007/index").exists()


def test_a_running_import_is_called_off_amid_its_pages(admin, monkeypatch):
    monkeypatch.setattr(import_run, "_NOTED_EVERY", 0)
    job = requested(admin, pages())

    def call_off(job):
        imports.cancel(job=job, by=admin.user, at=MONDAY)

    job = run(job, on_progress=call_off)
    assert (job.state, job.done) == (JobState.CANCELLED, 1)
    assert not Article.objects.exists()


def test_each_file_is_kept_under_the_encoding_that_it_was_read_in(admin):
    texts = {"a": "utf-8", "b": "cp1252", "c": "utf-16"}
    files = [
        ContentFile(f"In Peñalta — {name}".encode(encoding), name=f"{name}.txt")
        for name, encoding in texts.items()
    ]
    job = run(requested(admin, *files))
    assert list(job.files.order_by("position").values_list("encoding", flat=True)) == [
        "utf-8",
        "cp1252",
        "utf-16-le",
    ]
    assert sorted(Article.objects.values_list("text", flat=True)) == [
        f"In Peñalta — {name}" for name in texts
    ]


def test_what_is_wrong_in_an_archive_is_told_by_member_and_the_rest_comes_in(admin):
    archive = zipped(
        ("x/a.txt", b"A text."),
        ("x/b.pdf", b"%PDF"),
        ("x/../c.txt", b"Out"),
        ("x/logo.png", b"PNG"),
        ("x/empty.html", b""),
        ("x/bad.xlsx", b"PK"),
    )
    job = run(requested(admin, ContentFile(archive, name="all.zip")))
    assert (job.state, job.created, job.total) == ("ready", 1, 5)
    assert sorted(job.problems.values_list("file", "line", "code")) == [
        ("all.zip/x/../c.txt", 1, "unsafe_name"),
        ("all.zip/x/b.pdf", 1, "unknown_format"),
        ("all.zip/x/bad.xlsx", 1, "bad_archive"),
        ("all.zip/x/empty.html", 1, "no_story"),
    ]


def test_a_file_that_nothing_reads_is_refused_by_itself_in_a_folder(admin):
    files = [ContentFile(b"A text.", name="a.txt"), ContentFile(b"%PDF", name="b.pdf")]
    job = run(requested(admin, *files, paths=["x/a.txt", "x/b.pdf"]))
    assert (job.created, job.problems.get().file) == (1, "x/b.pdf")


def test_every_refused_row_is_listed_those_found_while_writing_too(admin, monkeypatch):
    monkeypatch.setattr(import_run, "PROBLEMS_KEPT", 2)
    run(requested(admin, file_of({"id": "a", "text": "One."})))
    bad = [{"text": "x", "oops": number} for number in range(4)]
    job = run(requested(admin, file_of(*bad, {"id": "a", "text": "Two."})))

    listed = default_storage.open(f"imports/{job.uuid}/refused.jsonl").read().splitlines()
    found = [json.loads(line) for line in listed]
    assert [one["row"] for one in found] == [*bad, {"id": "a", "text": "Two."}]
    assert found[-1]["refused"]["code"] == "id_taken"
    assert (job.refused, job.problems.filter(code="unknown_field").count()) == (5, 2)


def test_a_text_that_is_refused_keeps_the_name_of_its_file(admin):
    job = run(requested(admin, ContentFile(b" ", name="a.txt")))
    [listed] = default_storage.open(f"imports/{job.uuid}/refused.jsonl").read().splitlines()
    assert json.loads(listed)["row"] == {"id": "a", "text": " "}


def test_a_check_that_is_repeated_with_other_columns_ends_the_first(admin):
    job = requested(admin, ContentFile(b"Story\nAda spoke\n", name="a.csv"), dry_run=True)
    again = imports.repeat(job=job, by=admin.user, at=TUESDAY, columns={"text": "Story"})

    assert run(job) is None
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    again = run(again)
    assert (again.state, again.created, again.options["dry_run"]) == ("ready", 1, True)
    assert not Article.objects.exists()


def test_what_a_cancelled_worker_was_at_is_not_written(admin):
    job = requested(admin, pages(1))
    claimed = imports._claim(job.pk)
    imports.cancel(job=job, by=admin.user, at=MONDAY)
    with pytest.raises(CancelRequested):
        import_run.work(claimed, TUESDAY, lambda job: None)
    assert not Article.objects.exists()
