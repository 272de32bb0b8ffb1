import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from annotations.actions import clusters, imports
from annotations.enums import JobState, Role
from annotations.models import Article, Batch, ImportJob, Member, SourceFile
from tests.annotations.importing.files import zipped
from tests.factories import TUESDAY, ImportJobFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/imports/"


def test_files_are_dropped_and_what_came_of_them_is_shown(signed_in, address):
    files = [
        SimpleUploadedFile("one.txt", b"Talks fail in Velmora again"),
        SimpleUploadedFile("two.jsonl", json.dumps({"text": "x", "oops": 1}).encode()),
    ]

    answer = signed_in.post(address, {"files": files})
    job = ImportJob.objects.get()
    assert answer["Location"] == f"{address}{job.uuid}/"
    waiting = signed_in.get(answer["Location"]).content.decode()
    imports.run_import(job_id=job.pk, at=TUESDAY)
    comparing = signed_in.get(f"{answer['Location']}progress/").content.decode()
    clusters.find(job_id=job.pk)
    over = signed_in.get(f"{answer['Location']}progress/").content.decode()

    assert "hx-trigger" in waiting
    assert "hx-trigger" in comparing
    assert "to find copies of one story" in comparing
    assert "hx-trigger" not in over
    assert "the record has an unknown field “oops”." in over
    assert Article.objects.get().key == "one"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("", "Waiting for a worker"),
        ("checking", "Reading and checking"),
        ("cleaning", "Looking for site furniture again"),
        ("writing", "Writing"),
        ("emptying", "Taking back what was tried"),
    ],
)
def test_the_step_of_an_import_is_named(signed_in, admin, address, step, words):
    job = ImportJobFactory(project=admin.project, state=JobState.RUNNING, step=step)
    assert f"<h2>{words}</h2>" in signed_in.get(f"{address}{job.uuid}/progress/").content.decode()


@pytest.mark.parametrize(
    ("seconds", "done", "words"),
    [
        (60, 105, "About 9 minutes left"),
        (60, 900, "Less than a minute left"),
        (1, 100, None),
        (60, 0, None),
    ],
)
def test_it_is_told_how_long_an_import_will_take(signed_in, admin, address, seconds, done, words):
    job = ImportJobFactory(
        project=admin.project, state=JobState.RUNNING, step="checking", done=done, total=1000
    )
    ImportJob.objects.update(step_begun_at=timezone.now() - timedelta(seconds=seconds))
    page = signed_in.get(f"{address}{job.uuid}/progress/").content.decode()
    assert (words in page) if words else ("left</p>" not in page)


def test_options_of_the_form_reach_the_import(signed_in, address):
    file = SimpleUploadedFile("one.txt", b"Some text")
    signed_in.post(address, {"files": [file], "keep": "on", "dry_run": "on"})
    assert ImportJob.objects.get().options == {
        "dry_run": True,
        "on_duplicate": "keep",
        "create_labels": False,
    }


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "This field is required."),
        (
            [SimpleUploadedFile("a.pdf", b"%PDF")],
            "“a.pdf” is of a kind that can’t be imported.",
        ),
    ],
)
def test_what_can_not_be_imported_is_said_on_the_page(signed_in, address, files, words):
    page = signed_in.post(address, {"files": files})
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not ImportJob.objects.exists()


def checked(signed_in, address, *files, **fields):
    """Send files to be checked only, have that done, and return the page of it."""
    answer = signed_in.post(address, {"files": list(files), "dry_run": "on", **fields})
    imports.run_import(job_id=ImportJob.objects.latest("pk").pk, at=TUESDAY)
    return answer["Location"]


def test_what_was_checked_comes_in_without_being_sent_again(signed_in, address):
    where = checked(signed_in, address, SimpleUploadedFile("one.txt", "Peñalta".encode("cp1252")))
    page = signed_in.get(where).content.decode()
    assert "Import 1 article" in page
    assert "<span>cp1252 <b>1</b></span>" in page
    assert not Article.objects.exists()

    answer = signed_in.post(f"{where}run/")
    job = ImportJob.objects.latest("pk")
    assert answer["Location"] == f"{address}{job.uuid}/"
    imports.run_import(job_id=job.pk, at=TUESDAY)
    assert Article.objects.get().text == "Peñalta"
    assert "came in" in signed_in.get(answer["Location"]).content.decode()


def test_names_that_the_codebook_lacks_are_declared_without_sending_the_files_again(
    signed_in, address
):
    row = {"text": "Ada spoke", "spans": [{"start": 0, "end": 3, "label": "speaker"}]}
    file = SimpleUploadedFile("a.jsonl", json.dumps(row).encode())
    where = checked(signed_in, address, file)
    assert "Declare them, and check again" in signed_in.get(where).content.decode()

    answer = signed_in.post(f"{where}declare/")
    job = ImportJob.objects.latest("pk")
    imports.run_import(job_id=job.pk, at=TUESDAY)
    page = signed_in.get(answer["Location"]).content.decode()

    assert answer["Location"] == f"{address}{job.uuid}/"
    assert "Import 1 article" in page
    assert "Declare them" not in page
    assert not Article.objects.exists()


def test_an_import_that_was_repeated_leads_to_the_latest_and_offers_nothing_twice(
    signed_in, address
):
    row = {"text": "Ada spoke", "spans": [{"start": 0, "end": 3, "label": "speaker"}]}
    rows = f"{json.dumps(row)}\n{json.dumps({'text': 'Ben spoke'})}"
    where = checked(signed_in, address, SimpleUploadedFile("a.jsonl", rows.encode()))
    ImportJobFactory(project=ImportJob.objects.get().project)
    before = signed_in.get(where).content.decode()
    assert "Import 1 article" in before
    assert "Declare them" in before
    assert "read again" not in before

    latest = signed_in.post(f"{where}declare/")["Location"]
    after = signed_in.get(where).content.decode()
    assert "The same files were read again after this." in after
    assert f'href="{latest}"' in after
    assert "Import 1 article" not in after
    assert "Declare them" not in after

    signed_in.post(f"{latest}cancel/")
    called_off = signed_in.get(where).content.decode()
    assert "Import 1 article" in called_off
    assert "read again" not in called_off


def test_labels_that_were_declared_lead_to_where_they_are_defined(signed_in, address, admin):
    row = {"text": "Ada spoke", "spans": [{"start": 0, "end": 3, "label": "speaker"}]}
    codebook = f"/projects/{admin.project.slug}/codebook/"
    page = come_in(signed_in, address, row, create_labels="on")

    assert "5 labels of the codebook have a name and no definition yet:" in page
    assert "<bdi>speaker</bdi>" in page
    assert f'href="{codebook}edit/"' in page
    told = "The codebook does not define this label yet."
    assert signed_in.get(codebook).content.decode().count(told) == 5


def test_an_import_that_declares_nothing_says_nothing_of_definitions(signed_in, address):
    assert "no definition yet" not in come_in(signed_in, address, {"text": "Ada spoke"})


def test_records_refused_for_another_reason_are_not_to_be_declared(signed_in, address):
    where = checked(signed_in, address, SimpleUploadedFile("a.jsonl", b'{"text": "x", "oops": 1}'))
    assert "Declare them" not in signed_in.get(where).content.decode()


def come_in(signed_in, address, *rows, **options):
    """Import records, and return the page of the import once they are compared, too."""
    file = SimpleUploadedFile("a.jsonl", "\n".join(json.dumps(row) for row in rows).encode())
    answer = signed_in.post(address, {"files": [file], **options})
    job = ImportJob.objects.latest("pk")
    imports.run_import(job_id=job.pk, at=TUESDAY)
    clusters.find(job_id=job.pk)
    return signed_in.get(answer["Location"]).content.decode()


def test_what_came_coded_leads_to_its_batch_and_is_not_to_be_given_out(signed_in, address):
    codings = [{"coder": name, "spans": []} for name in ("Eva", "Max")]

    page = come_in(signed_in, address, {"text": "Ada spoke", "codings": codings})

    assert "1 article came coded, and is in a batch of its own" in page
    assert f'href="/batches/{Batch.objects.get().uuid}/"' in page
    assert "Give them to coders" not in page
    assert "Clean them first" not in page


def test_it_is_told_how_many_articles_tell_a_story_that_is_there_twice(signed_in, address):
    story = " ".join(f"Speaker {n} left hall {7 * n} in Velmora." for n in range(40))
    first = come_in(signed_in, address, {"text": story}, {"text": "Something else"})
    second = come_in(signed_in, address, {"text": f"{story} More soon."})

    assert "tells a story" not in first
    assert "1 article tells a story that another one of the project tells, too." in second
    assert "See the versions" in second


def test_an_import_that_is_under_way_is_not_begun_twice(signed_in, address):
    signed_in.post(address, {"files": [SimpleUploadedFile("one.txt", b"Some text")]})
    where = f"{address}{ImportJob.objects.get().uuid}/"
    page = signed_in.post(f"{where}run/", follow=True).content.decode()
    assert "This import is under way." in page
    assert ImportJob.objects.count() == 1


def test_columns_are_chosen_by_their_first_rows(signed_in, address):
    data = b"nr,Words,Paper\n1,Ada spoke,Post\n2,Ben went,Post\n"
    where = checked(signed_in, address, SimpleUploadedFile("a.csv", data))
    assert (
        "None of its columns is the text: nr, Words, Paper."
        in signed_in.get(where).content.decode()
    )
    assert f'<a href="{where}columns/">Columns</a>' in signed_in.get(where).content.decode()

    page = signed_in.get(f"{where}columns/").content.decode()
    assert "<li><bdi>Ada spoke</bdi></li>" in page
    chosen = {"column-0": "", "column-1": "text", "column-2": "meta.outlet"}
    answer = signed_in.post(f"{where}columns/", chosen)
    again = ImportJob.objects.latest("pk")
    assert answer["Location"] == f"{address}{again.uuid}/"
    imports.run_import(job_id=again.pk, at=TUESDAY)
    signed_in.post(f"{answer['Location']}run/")
    imports.run_import(job_id=ImportJob.objects.latest("pk").pk, at=TUESDAY)
    assert sorted(Article.objects.values_list("text", "meta__outlet")) == [
        ("Ada spoke", "Post"),
        ("Ben went", "Post"),
    ]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"column-0": "id"}, "Say which column is the text."),
        ({"column-0": "text", "column-1": "text"}, "Two columns are to fill the same."),
        ({"column-0": "surprise"}, "Select a valid choice."),
    ],
)
def test_columns_that_make_no_article_are_told(signed_in, address, chosen, words):
    where = checked(signed_in, address, SimpleUploadedFile("a.csv", b"nr,Story\n1,Ada spoke\n"))
    page = signed_in.post(f"{where}columns/", chosen)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert ImportJob.objects.count() == 1


def test_an_uploaded_file_that_is_gone_is_named_and_the_others_come_in(signed_in, address):
    files = [
        SimpleUploadedFile("a.csv", b"nr,Words\n1,Ada spoke\n"),
        SimpleUploadedFile("b.csv", b"id,text\n1,Ben went\n"),
        SimpleUploadedFile("c.zip", zipped(("c.txt", b"Cyd came"))),
    ]
    where = checked(signed_in, address, *files)
    for name in ("a.csv", "c.zip"):
        default_storage.delete(SourceFile.objects.get(name=name).path)

    page = signed_in.get(f"{where}columns/", follow=True).content.decode()
    assert "a.csv: The uploaded file is not where it was put. Upload it again." in page

    signed_in.post(f"{where}run/")
    again = ImportJob.objects.latest("pk")
    imports.run_import(job_id=again.pk, at=TUESDAY)
    found = again.problems.values_list("file", "code").order_by("file")
    assert list(found) == [("a.csv", "file_missing"), ("c.zip", "file_missing")]
    assert Article.objects.published().get().text == "Ben went"


def test_an_import_without_tables_has_no_columns(signed_in, address):
    where = checked(signed_in, address, SimpleUploadedFile("one.txt", b"Some text"))
    assert signed_in.get(f"{where}columns/").status_code == 404
    assert ">Columns<" not in signed_in.get(where).content.decode()


def test_refused_rows_are_downloaded_mended_and_sent_again(signed_in, address):
    rows = b'{"text": "Ada spoke"}\n{"text": "Ben went", "oops": 1}\nno JSON\n'
    where = checked(signed_in, address, SimpleUploadedFile("a.jsonl", rows))
    answer = signed_in.get(f"{where}refused/")
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    listed = [json.loads(line) for line in b"".join(answer).splitlines()]
    assert [(one["refused"]["line"], one["row"]) for one in listed] == [
        (2, {"text": "Ben went", "oops": 1}),
        (3, "no JSON"),
    ]
    del listed[0]["row"]["oops"]
    listed[1]["row"] = '{"text": "Cyd came"}'
    mended = "\n".join(json.dumps(one) for one in listed).encode()
    where = checked(signed_in, address, SimpleUploadedFile("refused.jsonl", mended))
    assert "Import 2 articles" in signed_in.get(where).content.decode()
    assert signed_in.get(f"{where}refused/").status_code == 404


def test_the_folders_of_files_say_whose_work_they_are(signed_in, address):
    content = {"txt": b"Ada spoke", "ann": b""}
    files = [SimpleUploadedFile(f"a.{kind}", content[kind]) for kind in ("txt", "ann") * 2]
    paths = [f"news/{name}/a.{kind}" for name in ("Max", "Eva") for kind in ("txt", "ann")]
    signed_in.post(address, {"files": files, "paths": json.dumps(paths)})
    imports.run_import(job_id=ImportJob.objects.get().pk, at=TUESDAY)
    coders = Member.objects.filter(user=None).values_list("external_name", flat=True)
    assert sorted(coders) == ["Eva", "Max"]
    assert Article.objects.get().key == "a"


@pytest.mark.parametrize(
    "paths",
    [
        *(
            '["a.txt", "b.txt"]',
            '{"a": 1}',
            "[1]",
            "no JSON",
            '["\\u0000.txt"]',
            '["\\ud800.txt"]',
        ),
        *(pytest.param("[" * 3_000, id="open"), pytest.param("[" * 900 + "]" * 900, id="deep")),
    ],
)
def test_paths_that_do_not_fit_the_files_are_refused(signed_in, address, paths):
    file = SimpleUploadedFile("a.txt", b"Ada spoke")
    assert signed_in.post(address, {"files": [file], "paths": paths}).status_code == 422
    assert not ImportJob.objects.exists()


def test_a_waiting_import_is_cancelled(signed_in, address, admin):
    job = ImportJobFactory(project=admin.project, state=JobState.QUEUED)
    signed_in.post(f"{address}{job.uuid}/cancel/")
    again = signed_in.post(f"{address}{job.uuid}/cancel/", follow=True)

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert "there is nothing to cancel" in again.content.decode()


def test_only_admins_find_the_page(client, admin, address):
    job = ImportJobFactory(project=admin.project)
    client.force_login(MemberFactory(project=admin.project, roles=[Role.CODER]).user)
    assert client.get(address).status_code == 403
    assert client.get(f"{address}{job.uuid}/").status_code == 403
    client.force_login(MemberFactory(roles=[Role.ADMIN]).user)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    for job in ImportJobFactory.create_batch(
        rows, project=admin.project, requested_by=admin.user, options={"dry_run": False}
    ):
        job.files.create(name="a.txt", format="txt", path="x", size=1, sha256="0" * 64, position=0)
    with django_assert_num_queries(8):
        signed_in.get(address)


@pytest.mark.parametrize("rows", [1, 3])
def test_an_import_takes_the_same_queries_for_one_problem_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    job = ImportJobFactory(project=admin.project)
    for line in range(rows):
        job.problems.create(file="one.jsonl", line=line, code="unknown", detail="It is wrong.")

    with django_assert_num_queries(11):
        signed_in.get(f"{address}{job.uuid}/")
