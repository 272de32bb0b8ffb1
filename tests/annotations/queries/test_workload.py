from datetime import date, timedelta

import pytest

from annotations.enums import AssignmentState, Role
from annotations.models import Assignment
from annotations.queries import time_at_work, workload
from annotations.queries.batch_plan import Wish, plan
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

LENGTH = 1000


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN, Role.CODER], user__username="admin")
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def coders(admin):
    return [MemberFactory(project=admin.project, user__username=name) for name in ("ann", "ben")]


def hand_in(coder, minutes, *, articles=3, batch=None):
    """Have ``coder`` spend ``minutes`` on each of some articles of 1,000 characters."""
    batch = batch or BatchFactory(project=coder.project)
    for _ in range(articles):
        article = ArticleFactory(project=coder.project, text="x" * LENGTH)
        work = AssignmentFactory(task=TaskFactory(batch=batch, article=article), coder=coder)
        submitted(work, [])
        work.started_at = MONDAY
        work.submitted_at = MONDAY + timedelta(minutes=minutes)
        work.save(update_fields=["started_at", "submitted_at"])
    return batch


def expected(admin, **given):
    """Plan six articles of 1,000 characters, three for each of two coders."""
    articles = [ArticleFactory(project=admin.project, text="x" * LENGTH) for _ in range(6)]
    wish = {
        "articles": {"ids": [one.uuid for one in articles]},
        "coders": ["ann", "ben"],
        "coders_per_article": 1,
    }
    planned = plan(admin.project, Wish(**wish | given))
    return workload.of(admin.project, planned, by=admin.user)


def paces(load):
    return {share.coder: (share.pace.source, share.pace.minutes) for share in load.shares}


def test_who_was_here_before_keeps_the_own_pace_and_others_the_projects(admin, coders):
    hand_in(coders[0], minutes=4)

    load = expected(admin)

    assert paces(load) == {"ann": ("own", 4), "ben": ("project", 4)}
    assert [share.hours for share in load.shares] == [pytest.approx(0.2), pytest.approx(0.2)]
    assert load.hours == pytest.approx(0.4)


def test_a_few_articles_make_a_pace_and_fewer_do_not(admin, coders):
    hand_in(coders[0], minutes=4, articles=workload.ENOUGH - 1)
    hand_in(coders[1], minutes=1, articles=workload.ENOUGH)

    assert paces(expected(admin)) == {"ann": ("project", 2.2), "ben": ("own", 1)}


def test_of_nobody_known_a_guess_is_made_and_says_so(admin, coders):
    assert paces(expected(admin)) == {"ann": ("default", 2.0), "ben": ("default", 2.0)}


def test_pauses_are_no_work(admin, coders):
    hand_in(coders[0], minutes=60)

    assert paces(expected(admin))["ann"] == ("default", 2.0)


def test_work_that_nobody_began_here_tells_no_pace(admin, coders):
    imported = hand_in(coders[0], minutes=4)
    Assignment.objects.filter(task__batch=imported).update(started_at=None)

    assert paces(expected(admin))["ann"] == ("default", 2.0)


def test_only_the_latest_articles_make_the_pace(admin, coders):
    hand_in(coders[0], minutes=4, articles=3)
    late = hand_in(coders[0], minutes=1, articles=time_at_work.LATEST)
    Assignment.objects.filter(task__batch=late).update(
        started_at=TUESDAY, submitted_at=TUESDAY + timedelta(minutes=1)
    )

    assert paces(expected(admin))["ann"] == ("own", 1)


def test_the_paces_of_a_batch_that_the_admin_still_codes_in_stay_unknown(admin, coders):
    batch = hand_in(coders[0], minutes=4)
    own = AssignmentFactory(
        task__batch=batch,
        task__article__project=admin.project,
        coder=admin,
        state=AssignmentState.ASSIGNED,
    )

    blind = paces(expected(admin))
    hand_in(coders[1], minutes=1, batch=batch)

    assert blind == {"ann": ("default", 2.0), "ben": ("default", 2.0)}
    assert paces(expected(admin)) == blind
    own.delete()
    assert paces(expected(admin)) == {"ann": ("own", 4), "ben": ("own", 1)}


def test_an_admins_own_pace_is_the_admins_to_know(admin, coders):
    hand_in(admin, minutes=3)
    AssignmentFactory(
        task__batch=admin.assignments.first().task.batch,
        task__article__project=admin.project,
        coder=admin,
    )

    assert paces(expected(admin, coders=["admin", "ann"])) == {
        "admin": ("own", 3),
        "ann": ("project", 3),
    }


def test_from_a_pool_all_draw_equally_long(admin, coders):
    hand_in(coders[0], minutes=4)
    hand_in(coders[1], minutes=1)

    load = expected(admin, strategy="pool", coders_per_article=2)

    # Twelve codings of 1,000 characters: ann does one for every four of ben's.
    assert {share.coder: share.hours * 60 for share in load.shares} == {
        "ann": pytest.approx(9.6),
        "ben": pytest.approx(9.6),
    }


def test_the_last_one_to_be_done_says_when_all_is(admin, coders):
    hand_in(coders[0], minutes=4)
    hand_in(coders[1], minutes=2)

    load = expected(admin)

    assert load.longest == pytest.approx(0.2)
    assert load.done_on(0.1, MONDAY) == date(2026, 3, 3)


@pytest.mark.parametrize("rows", [1, 6])
def test_paces_take_one_query(admin, coders, rows, django_assert_num_queries):
    hand_in(coders[0], minutes=4, articles=rows)
    planned = plan(admin.project, Wish(articles={"all": True}, coders=["ann", "ben"]))

    with django_assert_num_queries(1):
        workload.of(admin.project, planned, by=admin.user)
