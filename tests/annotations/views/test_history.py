import csv
from datetime import UTC, datetime

import pytest

from annotations.actions.audit import record
from annotations.enums import Role
from annotations.models import AuditEvent
from annotations.views import history
from tests.factories import MONDAY, AssignmentFactory, BatchFactory, MemberFactory

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN], user__username="boss")


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/history/"


def note(admin, kind=Kind.PROJECT_CHANGED, at=MONDAY, **more):
    return record(kind, target=admin.project, by=admin.user, at=at, **more)


def told(answer):
    return [row.event for row in answer.context["told"]]


def test_people_are_called_by_their_names(signed_in, address, admin):
    coder = MemberFactory(project=admin.project, user__username="amina")
    note(admin, Kind.ASSIGNMENT_REASSIGNED, taker=str(coder.uuid), articles=3)

    page = signed_in.get(address).content.decode()

    assert "work reassigned" in page
    assert "amina" in page
    assert str(coder.uuid) not in page


def test_events_are_filtered(signed_in, address, admin):
    note(admin)
    added = note(admin, Kind.MEMBER_ADDED)

    assert told(signed_in.get(f"{address}?kind=member.added&actor=boss")) == [added]
    assert len(told(signed_in.get(f"{address}?kind=made.up"))) == 2


def test_what_is_about_one_thing_is_shown_alone(signed_in, address, admin):
    work = AssignmentFactory(task__batch=BatchFactory(project=admin.project))
    note(admin)
    batch = work.task.batch
    handed_in = record(Kind.ASSIGNMENT_SUBMITTED, target=work, by=None, at=MONDAY, batch=batch)
    signed_in.get(f"/assignments/{work.uuid}/record/")
    looked_at = AuditEvent.objects.get(kind=Kind.CODINGS_READ)
    closed = record(Kind.BATCH_CLOSED, target=batch, by=None, at=MONDAY)

    assert told(signed_in.get(f"{address}?about={work.uuid}")) == [looked_at, handed_in]
    of_the_batch = told(signed_in.get(f"{address}?about={batch.uuid}"))
    assert of_the_batch == [looked_at, closed, handed_in]
    table = b"".join(signed_in.get(f"{address}history.csv?about={work.uuid}")).decode()
    assert len(table.splitlines()) == 3
    assert len(told(signed_in.get(f"{address}?about=nothing"))) == 4


def test_a_look_is_told_by_the_coder_and_the_article(signed_in, address, admin):
    coder = MemberFactory(project=admin.project, user__username="amina")
    work = AssignmentFactory(coder=coder, task__batch__project=admin.project)
    signed_in.get(f"/assignments/{work.uuid}/record/")

    ((told,),) = (row.facts for row in signed_in.get(address).context["told"])
    table = b"".join(signed_in.get(f"{address}history.csv")).decode()
    _heading, row = csv.reader(table.splitlines())

    assert told == ("work", f"amina: {work.task.article.title}")
    assert row[-1] == f"work: amina: {work.task.article.title}"


def test_days_are_those_of_the_readers_zone(signed_in, address, admin):
    signed_in.cookies["timezone"] = "Asia/Tokyo"
    late = note(admin, at=datetime(2026, 3, 2, 15, 30, tzinfo=UTC))

    assert told(signed_in.get(f"{address}?since=2026-03-03&until=2026-03-03")) == [late]
    assert told(signed_in.get(f"{address}?until=2026-03-02")) == []
    assert told(signed_in.get(f"{address}?since=2026-03-04")) == []
    assert told(signed_in.get(f"{address}?since=yesterday&until=9999-12-31")) == [late]


def test_what_is_shown_can_be_downloaded_as_a_table(signed_in, address, admin):
    coder = MemberFactory(project=admin.project, user__username="amina")
    note(admin)
    note(admin, Kind.ARTICLE_WITHDRAWN, reason="=1+1", asked_by=str(coder.uuid))
    note(admin, Kind.ARTICLE_WITHDRAWN, reason="Twice, in there")

    answer = signed_in.get(f"{address}history.csv?kind=article.withdrawn")
    heading, *rows = csv.reader(b"".join(answer).decode().splitlines())

    assert answer["Content-Disposition"].endswith('-history.csv"')
    assert heading == ["at", "kind", "who", "batch", "target", "target_id", "details"]
    assert [(row[0], row[1], row[2], row[6]) for row in rows] == [
        (MONDAY.isoformat(), "article.withdrawn", "boss", "reason: =1+1; asked by: amina"),
        (MONDAY.isoformat(), "article.withdrawn", "boss", "reason: Twice, in there"),
    ]


def test_a_name_that_a_spreadsheet_would_compute_stays_text(client, admin, address):
    admin.user.username = "=cmd"
    admin.user.save()
    note(admin)
    client.force_login(admin.user)
    table = b"".join(client.get(f"{address}history.csv")).decode()
    assert ",'=cmd," in table


def test_older_events_follow_where_the_page_ends(signed_in, address, admin, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    events = [note(admin) for _ in range(5)]

    first = signed_in.get(address)
    second = signed_in.get(f"{address}?before={first.context['older']}")
    third = signed_in.get(f"{address}?before={second.context['older']}")

    assert [*told(first), *told(second), *told(third)] == events[::-1]
    assert third.context["older"] is None


def test_an_empty_history_says_what_will_be_in_it(signed_in, address, admin):
    assert "Nothing has happened yet" in signed_in.get(address).content.decode()
    note(admin)
    page = signed_in.get(f"{address}?kind=member.added").content.decode()
    assert "Nothing of the kind happened" in page


def test_the_admin_finds_it_in_the_navigation_and_nobody_else_does(client, admin, address):
    coder = MemberFactory(project=admin.project)

    def links_to_it(member):
        client.force_login(member.user)
        return address in client.get(f"/projects/{admin.project.slug}/").content.decode()

    assert (links_to_it(admin), links_to_it(coder)) == (True, False)


def test_an_admin_who_codes_reads_nothing_of_that_batch(signed_in, address, admin):
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    other = AssignmentFactory(task=own.task, coder__user__username="amina")
    record(
        Kind.ASSIGNMENT_SUBMITTED,
        target=other,
        by=other.coder.user,
        at=MONDAY,
        batch=own.task.batch,
    )

    answer = signed_in.get(address)

    assert told(answer) == []
    assert "amina" not in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_event_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    for _ in range(rows):
        note(admin, Kind.BATCH_OPENED, batch=BatchFactory(project=admin.project))
    with django_assert_num_queries(8):
        signed_in.get(address)
