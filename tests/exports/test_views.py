import re
from html import unescape

import pytest

from annotations.enums import ReleaseState
from annotations.models import AuditEvent
from exports.models import Release
from tests.exports.worlds import corpus, published, requested
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return ProjectFactory()


@pytest.fixture
def admin(project, client):
    return signed_in(client, project, "admin")


def signed_in(client, project, *roles):
    client.force_login(MemberFactory(project=project, roles=list(roles)).user)
    return client


def page_of(project, rest=""):
    return f"/projects/{project.slug}/releases/{rest}"


def form(**more):
    return {"name": "Gold", "include": "gold", "seed": "0", "text": "on"} | more


def test_a_project_without_releases_says_what_a_release_is(project, admin):
    page = admin.get(page_of(project)).content.decode()

    assert "No release yet" in page
    assert page_of(project, "new/") in page


def test_a_researcher_is_offered_no_new_release(project, client):
    page = signed_in(client, project, "researcher").get(page_of(project)).content.decode()

    assert "No release yet" in page
    assert page_of(project, "new/") not in page


def test_a_running_release_is_redrawn_until_it_is_done(project, admin):
    release = requested(project)
    release.done, release.total, release.step = 3, 12, "writing articles.jsonl"
    release.save(update_fields=["done", "total", "step"])

    page = admin.get(page_of(project)).content.decode()
    running = admin.get(f"/releases/{release.uuid}/progress/")
    done = admin.get(f"/releases/{published(project).uuid}/progress/")

    assert f'hx-get="/releases/{release.uuid}/progress/"' in page
    assert 'value="3" max="12"' in running.content.decode()
    assert "HX-Refresh" not in running
    assert "hx-get" not in done.content.decode()
    assert done["HX-Refresh"] == "true"


def test_a_running_release_says_how_long_it_still_takes(project, admin):
    release = requested(project)
    release.done, release.total, release.step = 100, 12_000, "writing articles.jsonl"
    release.save(update_fields=["done", "total", "step"])

    first = admin.get(f"/releases/{release.uuid}/progress/").content.decode()
    release.done = 200
    release.save(update_fields=["done"])
    (address,) = re.findall('hx-get="(.*?)"', first)
    an_hour_ago = re.sub(r"at=(\d+)", lambda at: f"at={int(at[1]) - 3600}", unescape(address))
    second = admin.get(an_hour_ago).content.decode()

    assert "left for this step" not in first
    assert re.search(r"about 7\d\d\d minutes left for this step", second)


def test_a_ready_release_shows_its_files_and_how_to_fetch_them(project, admin):
    release = published(project)

    page = admin.get(f"/releases/{release.uuid}/").content.decode()

    assert f'href="/api/v1/releases/{release.uuid}/files/articles.jsonl"' in page
    assert release.content_hash in page
    assert "curl -fLC - --remote-name-all -H" in page


def test_spans_are_counted_by_label_in_the_order_of_the_codebook(project, admin):
    CodebookFactory(project=project)
    counts = {"articles": 1, "spans": 6, "spans_by_label": {"weather": 1, "claim": 2, "actor": 3}}
    release = published(project, counts=counts)

    page = admin.get(f"/releases/{release.uuid}/").content.decode()

    assert "(Actor 3, Claim 2, weather 1)" in page


def test_a_release_page_tells_what_its_files_cannot_say(project, admin):
    report = {
        "spans": 1200,
        "written": 1190,
        "lost": {"shares_words": 9, "not_on_words": 1},
        "left_out": {"links": 1, "attributes": 2},
    }
    whole = {"spans": 1200, "written": 1200, "lost": {}, "left_out": {}}
    release = published(project, losses={"conll": report, "parquet": whole})

    page = admin.get(f"/releases/{release.uuid}/").content.decode()

    (row,) = re.findall("<tr>.*?gold.conll.*?</tr>", page, re.DOTALL)
    assert "1,190 of 1,200" in row
    assert "9 share words with a shorter span<br>1 begins or ends amid a word" in row
    assert "2 attributes, 1 link" in row
    assert "articles.parquet" not in page


def test_the_form_asks_for_what_was_filled_in(project, admin):
    batch = BatchFactory(project=project)

    answer = admin.post(
        page_of(project, "new/"),
        form(
            batches=[str(batch.uuid)],
            include="both",
            formats=["csv", "xmi"],
            outlet="Lantern",
            published_from="2024-01-01",
            train="80",
            dev="10",
            test="10",
            stratify="on",
            seed="7",
            real_names="on",
        ),
    )

    release = Release.objects.get()
    assert answer.url == f"/releases/{release.uuid}/"
    assert release.request == {
        "batches": [str(batch.uuid)],
        "filter": {"outlet": "Lantern", "from": "2024-01-01"},
        "formats": ["jsonl", "csv", "xmi"],
        "include": ["gold", "codings"],
        "splits": {"train": 0.8, "dev": 0.1, "test": 0.1},
        "stratify": "outlet",
        "seed": 7,
        "text": True,
        "real_names": True,
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": ""}, "This field is required."),
        ({"train": "50"}, "Shares are above 0 and sum to 1."),
        ({"stratify": "on"}, "Only splits can be stratified."),
        (
            {"published_from": "2024-02-01", "published_to": "2024-01-01"},
            "“from” is after “to”.",
        ),
    ],
)
def test_what_cannot_be_built_is_said_on_the_form(project, admin, change, says):
    page = admin.post(page_of(project, "new/"), form(**change))

    assert says in page.content.decode()
    assert not Release.objects.exists()


def test_an_admin_who_still_codes_in_a_batch_is_told_so(project, client):
    member = MemberFactory(project=project, roles=["admin", "coder"])
    client.force_login(member.user)
    batch = BatchFactory(project=project, name="Spring")
    AssignmentFactory(task=TaskFactory(batch=batch), coder=member)

    page = client.post(page_of(project, "new/"), form()).content.decode()
    preview = client.get(page_of(project, "preview/"), form()).content.decode()

    assert "You code in these batches yourself" in page
    assert "You code in these batches yourself" in preview
    assert not Release.objects.exists()


def test_the_preview_counts_and_writes_nothing(project, admin):
    batch = corpus(project, 3)
    TaskFactory(batch=batch)
    ArticleFactory(project=project)

    page = admin.get(page_of(project, "preview/"), form()).content.decode()

    assert page.count('<strong class="number">3</strong>') == 2
    assert "<li>1 article is in no batch</li><li>1 article is not decided yet</li>" in page
    assert not Release.objects.exists()


def test_only_a_page_without_a_count_asks_for_one_by_itself(project, admin):
    begun = admin.get(page_of(project, "new/")).content.decode()
    counted = admin.get(page_of(project, "preview/"), form()).content.decode()
    refused = admin.get(page_of(project, "preview/"), form(train="x")).content.decode()

    assert ["200ms, load" in html for html in (begun, counted, refused)] == [True, False, False]


def test_a_preview_of_a_half_filled_form_says_so(project, admin):
    page = admin.get(page_of(project, "preview/"), form(train="x")).content.decode()

    assert "not right yet" in page


@pytest.mark.parametrize(
    ("roles", "listed", "asked", "seen", "changed"),
    [
        (["admin"], 200, 200, 200, 302),
        (["researcher"], 200, 403, 200, 403),
        (["adjudicator"], 403, 403, 404, 404),
        (["coder"], 403, 403, 404, 404),
    ],
)
def test_who_sees_which_page(project, client, roles, listed, asked, seen, changed):
    release = published(project)
    signed_in(client, project, *roles)

    def status(url):
        return client.get(url).status_code

    assert status(page_of(project)) == listed
    assert status(page_of(project, "new/")) == status(page_of(project, "preview/")) == asked
    assert status(f"/releases/{release.uuid}/") == seen
    assert status(f"/releases/{release.uuid}/progress/") == seen
    retracted = client.post(f"/releases/{release.uuid}/retract/", {"reason": "wrong"})
    assert retracted.status_code == changed


def test_a_foreign_release_is_not_found(project, admin):
    release = published(ProjectFactory())

    for rest in ("", "progress/", "difference/", "changes/"):
        assert admin.get(f"/releases/{release.uuid}/{rest}").status_code == 404
    for rest in ("cancel/", "retry/", "retract/"):
        assert admin.post(f"/releases/{release.uuid}/{rest}").status_code == 404


def test_a_retracted_release_says_why(project, admin):
    release = published(project)

    admin.post(f"/releases/{release.uuid}/retract/", {"reason": "wrong label"})

    assert "Retracted: wrong label" in admin.get(f"/releases/{release.uuid}/").content.decode()
    assert "wrong label" in admin.get(page_of(project)).content.decode()


@pytest.mark.parametrize("reason", ["", "a\0b", "x" * 2_001])
def test_a_reason_that_cannot_be_kept_retracts_nothing(project, admin, reason):
    release = published(project)

    answer = admin.post(f"/releases/{release.uuid}/retract/", {"reason": reason})

    release.refresh_from_db()
    assert (answer.status_code, release.state) == (302, ReleaseState.READY)


def test_a_release_is_cancelled_from_its_page(project, admin):
    release = requested(project)

    admin.post(f"/releases/{release.uuid}/cancel/")

    release.refresh_from_db()
    assert release.state == "cancelled"
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.RELEASE_CANCELLED).exists()


def failed(project, **more):
    release = requested(project)
    told = {"failure": "No space left on device.", "is_retryable": True, "finished_at": TUESDAY}
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.FAILED, **told | more)
    return release


def test_what_failed_is_tried_again_from_its_page(project, admin):
    release = failed(project)
    address = f"/releases/{release.uuid}/retry/"
    page = admin.get(f"/releases/{release.uuid}/").content.decode()
    assert "No space left on device." in page
    assert f'action="{address}"' in page
    assert "it will hold what is decided by then" in page

    answer = admin.post(address)

    assert answer.url == f"/releases/{release.uuid}/"
    release.refresh_from_db()
    assert (release.state, release.failure) == (ReleaseState.QUEUED, "")
    again = admin.post(address, follow=True).content.decode()
    assert "Only a release that failed can be tried again" in again


def test_what_was_frozen_before_it_failed_says_so(project, admin):
    release = failed(project, frozen_at=TUESDAY)

    page = admin.get(f"/releases/{release.uuid}/").content.decode()

    assert "It will hold what was frozen then" in page


def test_nobody_is_offered_to_try_again_what_cannot_be_or_is_not_theirs(project, client):
    hopeless, hopeful = failed(project, is_retryable=False), failed(project)
    signed_in(client, project, "admin")
    assert "Try again" not in client.get(f"/releases/{hopeless.uuid}/").content.decode()
    signed_in(client, project, "researcher")
    assert "Try again" not in client.get(f"/releases/{hopeful.uuid}/").content.decode()

    assert client.post(f"/releases/{hopeful.uuid}/retry/").status_code == 403

    hopeful.refresh_from_db()
    assert hopeful.state == ReleaseState.FAILED


def test_a_list_writes_large_numbers_so_that_they_can_be_read(project, admin):
    counts = {"articles": 100_000, "spans": 1_000_000}
    published(project, counts=counts)

    page = " ".join(admin.get(page_of(project)).content.decode().split())

    assert "100,000 articles · 1,000,000 gold spans" in page


def test_a_refusal_is_shown_on_the_page(project, admin):
    release = published(project)

    answer = admin.post(f"/releases/{release.uuid}/cancel/", follow=True)

    assert "This release is no longer being built." in answer.content.decode()


def test_looking_at_pages_changes_no_row(project, admin):
    release = published(project)
    before = (Release.objects.values().get(), AuditEvent.objects.count())

    for url in (
        page_of(project),
        page_of(project, "new/"),
        page_of(project, "preview/"),
        f"/releases/{release.uuid}/",
        f"/releases/{release.uuid}/progress/",
    ):
        assert admin.get(url).status_code == 200

    assert (Release.objects.values().get(), AuditEvent.objects.count()) == before


def test_a_list_takes_as_many_queries_for_three_as_for_one(
    project, admin, django_assert_max_num_queries
):
    published(project)
    with django_assert_max_num_queries(20) as once:
        admin.get(page_of(project))
    published(project)
    published(project)

    with django_assert_max_num_queries(len(once)):
        admin.get(page_of(project))
