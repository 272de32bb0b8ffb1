"""What is new in the codebook is told on the pages of who codes, until they have seen it."""

import pytest

from annotations.enums import AssignmentState
from annotations.models import CodebookVersion
from tests.factories import MONDAY, TUESDAY, AssignmentFactory, TaskFactory

pytestmark = pytest.mark.django_db

TOLD = "since you last coded there"


@pytest.fixture
def work():
    work = AssignmentFactory(state=AssignmentState.CODING, started_at=MONDAY, saved_at=MONDAY)
    publish(work, 2, note="Titles count.")
    return work


@pytest.fixture
def coder(client, work):
    client.force_login(work.coder.user)
    return client


def publish(work, number, note=""):
    project = work.coder.project
    CodebookVersion.objects.create(
        project=project, number=number, change="minor", note=note, published_at=TUESDAY
    )


def pages(coder, work):
    """Return what stands on the home page and on the coding page."""
    return [coder.get(address).content.decode() for address in ("/", f"/assignments/{work.uuid}/")]


def see(coder, work, number=2, back=""):
    address = f"/projects/{work.coder.project.slug}/codebook/seen/"
    return coder.post(address, {"number": number, "work": back})


def test_it_is_told_on_both_pages_with_the_way_to_the_changes(coder, work):
    for page in pages(coder, work):
        assert TOLD in page
        assert "Titles count." in page
        assert f"/projects/{work.coder.project.slug}/codebook/2/changes/?since=1" in page


def test_it_stays_while_the_coder_works_on(coder, work):
    work.saved_at = work.submitted_at = TUESDAY.replace(hour=23)
    work.save()

    assert all(TOLD in page for page in pages(coder, work))


def test_once_seen_it_is_gone_until_there_is_more(coder, work):
    answer = see(coder, work, back=work.uuid)

    assert answer["Location"] == f"/assignments/{work.uuid}/"
    assert not any(TOLD in page for page in pages(coder, work))

    publish(work, 3)
    for page in pages(coder, work):
        assert "has a version 3" in page
        assert "/codebook/3/changes/?since=2" in page


def test_what_was_seen_is_no_more_than_what_there_is(coder, work):
    see(coder, work, number=99)
    publish(work, 3)

    assert all("has a version 3" in page for page in pages(coder, work))


def test_an_older_page_takes_nothing_back(coder, work):
    publish(work, 3)
    see(coder, work, number=3)
    see(coder, work, number=2)

    assert not any(TOLD in page for page in pages(coder, work))


def test_who_begins_later_is_told_nothing(client):
    work = AssignmentFactory(state=AssignmentState.CODING, started_at=TUESDAY)
    publish(work, 2)
    fresh = AssignmentFactory(coder=work.coder, task__batch=work.task.batch)
    client.force_login(work.coder.user)

    assert not any(TOLD in page for page in pages(client, fresh))


@pytest.mark.parametrize("given", ["", "odd", "00000000-0000-0000-0000-000000000000"])
def test_from_work_that_is_not_ones_own_the_way_leads_home(coder, work, given):
    assert see(coder, work, back=given)["Location"] == "/"


def test_one_member_sees_for_nobody_else(client, coder, work):
    other = AssignmentFactory(task=TaskFactory(batch=work.task.batch), started_at=MONDAY)
    see(coder, work)

    client.force_login(other.coder.user)
    assert TOLD in client.get("/").content.decode()
