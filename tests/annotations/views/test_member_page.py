"""One coder's page: what it says, and to whom."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import Role
from annotations.models import FlagAnswer, Reminder, SpanOp
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project, name="First")


@pytest.fixture
def coder(admin):
    return MemberFactory(project=admin.project, user__username="amina")


def address(member):
    return f"/projects/{member.project.slug}/people/{member.uuid}/"


def work(batch, coder, title="The flood", **fields):
    article = ArticleFactory(project=batch.project, meta={"title": title})
    return AssignmentFactory(task=TaskFactory(batch=batch, article=article), coder=coder, **fields)


def handed_in(batch, coder, at, minutes):
    """Hand in work that took ``minutes``, with a step every four of them."""
    done = work(
        batch,
        coder,
        state="submitted",
        span_count=2,
        started_at=at - timedelta(minutes=minutes),
        submitted_at=at,
    )
    for passed in range(4, minutes, 4):
        SpanOp.objects.create(
            assignment=done,
            op_id=uuid.uuid4(),
            seq=passed,
            client_id="c",
            type="note",
            body={},
            status="gone",
            result={},
            received_at=at - timedelta(minutes=minutes - passed),
        )
    return done


def test_pace_is_taken_from_what_was_handed_in_on_days_at_work(signed_in, batch, coder):
    noon = timezone.now().replace(hour=12)
    for days_ago, minutes in ((1, 10), (1, 20), (3, 30)):
        handed_in(batch, coder, noon - timedelta(days=days_ago), minutes)
    handed_in(batch, coder, noon - timedelta(days=60), 40)

    figures = signed_in.get(address(coder)).context["figures"]

    assert (figures.articles, figures.spans, figures.working_days) == (3, 6, 2)
    assert figures.a_day == 1.5
    assert figures.time == timedelta(minutes=60)
    assert figures.time_each == timedelta(minutes=20)
    assert [count for _day, count in figures.days][-4:] == [1, 0, 2, 0]


def test_work_is_counted_by_batch_and_state_and_late_work_is_named(signed_in, admin, batch, coder):
    batch.due = timezone.localdate() - timedelta(days=1)
    batch.save()
    for state in ("assigned", "assigned", "coding", "returned"):
        work(batch, coder, state=state)
    work(BatchFactory(project=admin.project, name="Second"), coder)

    page = signed_in.get(address(coder))

    first, second = page.context["figures"].batches
    assert (first.name, dict(first.states)) == (
        "First",
        {"assigned": 2, "coding": 1, "returned": 1},
    )
    assert (second.name, second.left) == ("Second", 1)
    assert page.content.decode().count("overdue") == 1


def test_flags_stand_with_their_reason_and_the_answer(signed_in, admin, batch, coder):
    flagged = work(batch, coder, flag="Is this one story or two?")
    FlagAnswer.objects.create(
        assignment=flagged,
        rev=0,
        flag=flagged.flag,
        note="Two.",
        answered_by=admin.user,
        answered_at=timezone.now(),
    )

    page = signed_in.get(address(coder)).content.decode()

    assert "Is this one story or two?" in page
    assert "Answered: Two." in page


def test_reminders_and_latest_work_are_listed(signed_in, admin, batch, coder):
    work(batch, coder, "Begun", state="coding", started_at=timezone.now())
    work(batch, coder, "Not begun")
    Reminder.objects.create(
        member=coder, batch=batch, sent_by=admin.user, sent_at=timezone.now(), text="Please."
    )

    page = signed_in.get(address(coder))

    assert [row.task.article.title for row in page.context["recent"]] == ["Begun"]
    assert "Please." in page.content.decode()


def test_an_admin_who_codes_in_a_batch_sees_nothing_of_the_others_in_it(
    signed_in, admin, batch, coder
):
    task = TaskFactory(batch=batch)
    AssignmentFactory(task=task, coder=admin)
    AssignmentFactory(task=task, coder=coder, state="coding", flag="Strange words")
    Reminder.objects.create(
        member=coder, batch=batch, sent_by=None, sent_at=timezone.now(), text="Hurry up"
    )

    page = signed_in.get(address(coder))

    text = page.content.decode()
    assert page.context["hidden"] == 1
    assert page.context["figures"].batches == []
    assert not {word for word in ("Strange words", "Hurry up", "First") if word in text}
    assert signed_in.get(address(admin)).context["figures"].batches[0].name == "First"


def test_coders_see_the_own_page_and_nobody_elses(client, batch, coder):
    other = MemberFactory(project=coder.project)
    work(batch, coder)
    client.force_login(coder.user)

    page = client.get(address(coder))

    assert page.context["figures"].batches[0].total == 1
    assert "Deactivate" not in page.content.decode()
    assert client.get(address(other)).status_code == 404


def test_an_adjudicator_sees_no_coders_page(client, coder):
    adjudicator = MemberFactory(project=coder.project, roles=[Role.ADJUDICATOR])
    client.force_login(adjudicator.user)

    assert client.get(address(coder)).status_code == 404


def test_somebody_without_work_is_told_what_will_stand_here(signed_in, coder):
    assert "Nothing to show yet" in signed_in.get(address(coder)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_row_and_for_three(
    signed_in, admin, coder, rows, django_assert_num_queries
):
    for _ in range(rows):
        batch = BatchFactory(project=admin.project)
        work(batch, coder, flag="Hm", state="coding", started_at=timezone.now())
        Reminder.objects.create(
            member=coder, batch=batch, sent_by=admin.user, sent_at=timezone.now()
        )

    with django_assert_num_queries(17):
        assert len(signed_in.get(address(coder)).context["figures"].batches) == rows
