from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from annotations.actions import coding
from annotations.enums import AssignmentState, Strategy
from annotations.models import Assignment, Batch
from annotations.queries import coding as queries
from annotations.queries import pool, quota
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def coder():
    member = MemberFactory()
    CodebookFactory(project=member.project)
    return member


def batch_of(coder, strategy, articles=4):
    """A batch with a quota of two a day, given to the coder or to be drawn."""
    batch = BatchFactory(project=coder.project, strategy=strategy, daily_quota=2)
    tasks = TaskFactory.create_batch(articles, batch=batch)
    if strategy == Strategy.POOL:
        batch.drawers.add(coder)
    else:
        for task in tasks:
            AssignmentFactory(task=task, coder=coder)
    return batch


def go_on(coder):
    return coding.next_assignment(member=coder, at=timezone.now())


def code(coder, number):
    for _ in range(number):
        submitted(go_on(coder), [])


@pytest.mark.parametrize("strategy", Strategy)
def test_next_gives_no_more_a_day_than_the_quota_and_goes_on_the_next_day(coder, strategy):
    batch_of(coder, strategy)
    code(coder, 2)

    assert go_on(coder) is None

    Assignment.objects.exclude(started_at=None).update(
        started_at=timezone.now() - timedelta(days=1, minutes=1)
    )
    code(coder, 2)
    assert go_on(coder) is None


@pytest.mark.parametrize("strategy", Strategy)
def test_what_is_begun_can_be_finished_whatever_the_quota_is(coder, strategy):
    batch_of(coder, strategy)
    begun = go_on(coder)
    Batch.objects.update(daily_quota=1)

    assert go_on(coder) == begun


def test_the_quota_is_each_coders_own_and_each_batchs(coder):
    batch = batch_of(coder, Strategy.POOL)
    other = MemberFactory(project=coder.project)
    batch.drawers.add(other)
    code(coder, 2)

    assert go_on(other).task.batch == batch
    free = BatchFactory(project=coder.project, strategy=Strategy.POOL)
    TaskFactory(batch=free)
    free.drawers.add(coder)
    assert go_on(coder).task.batch == free


def test_handing_in_leads_to_nothing_that_comes_tomorrow(coder):
    batch_of(coder, Strategy.BALANCED)
    code(coder, 1)
    last = go_on(coder)

    assert not queries.waiting(coder).exclude(pk=last.pk).exists()


@pytest.mark.parametrize("strategy", Strategy)
def test_home_says_what_gives_nothing_more_today_and_when_it_goes_on(coder, strategy, client):
    batch = batch_of(coder, strategy)
    code(coder, 2)
    client.force_login(coder.user)

    page = client.get("/")

    assert page.context["next_article"] is None
    assert page.context["pools"] == []
    (spent,) = page.context["spent"]
    assert (spent, spent.begun) == (batch, 2)
    assert timedelta(0) < spent.goes_on_at - timezone.now() <= timedelta(hours=25)
    words = f"You have begun 2 articles of “{batch.name}” today, as many as a day brings."
    assert words in page.content.decode()


def test_who_has_nothing_left_in_a_batch_is_told_of_no_quota(coder):
    batch_of(coder, Strategy.POOL, articles=2)
    code(coder, 2)

    assert pool.offers(coder.user).spent == []


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_a_day_begins_at_midnight_where_the_instance_is(coder, zone, settings):
    settings.TIME_ZONE = zone
    BatchFactory(project=coder.project)

    row = Batch.objects.annotate(begins=quota.today(), ends=quota.tomorrow()).get()

    here = ZoneInfo(zone)
    now = timezone.now()
    begins, ends = row.begins.astimezone(here), row.ends.astimezone(here)
    assert begins <= now < ends
    assert (begins.hour, begins.minute, ends.hour, ends.minute) == (0, 0, 0, 0)
    assert (ends.date() - begins.date()).days == 1


def test_work_that_is_begun_by_its_first_step_counts_too(coder):
    batch_of(coder, Strategy.BALANCED)
    Assignment.objects.filter(pk__in=Assignment.objects.all()[:2]).update(
        state=AssignmentState.CODING, started_at=timezone.now()
    )
    for work in Assignment.objects.filter(state=AssignmentState.CODING):
        submitted(work, [])

    assert go_on(coder) is None
