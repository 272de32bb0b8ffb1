from datetime import date

import pytest

from annotations.actions import batches
from annotations.enums import Role
from annotations.models import Assignment, AuditEvent, Batch, Cluster, Task
from annotations.queries.batch_plan import Wish, plan
from tests.factories import MONDAY, ArticleFactory, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    for name in ("ann", "ben", "cyd"):
        MemberFactory(project=member.project, user__username=name)
    ArticleFactory.create_batch(10, project=member.project)
    return member


def open_batch(admin, **given):
    wish = Wish(
        **{"name": "First", "articles": {"all": True}, "coders": ["ann", "ben", "cyd"]} | given
    )
    return batches.open_batch(project=admin.project, wish=wish, by=admin.user, at=MONDAY), wish


def test_what_is_written_is_what_was_planned(admin):
    batch, wish = open_batch(admin, overlap=0.3, order="shuffled", seed=5)

    planned = plan(admin.project, wish)
    tasks = batch.tasks.order_by("position").prefetch_related("assignments__coder__user")
    assert [
        (task.article_id, task.coders_wanted, sorted(a.coder.name for a in task.assignments.all()))
        for task in tasks
    ] == [(row.pk, planned.wanted(row), coders) for row, coders in planned.placed]
    assert sorted(task.coders_wanted for task in tasks) == [1] * 7 + [2] * 3
    assert {a.position == a.task.position for a in Assignment.objects.all()} == {True}
    assert AuditEvent.objects.get(kind=AuditEvent.Kind.BATCH_OPENED).detail["articles"] == 10


@pytest.mark.parametrize("strategy", ["balanced", "pool"])
def test_a_batch_remembers_how_it_was_asked_for(admin, strategy):
    search = {"from": date(2026, 3, 1), "import": admin.project.imports.first().uuid}
    asked = {"search": {"q": "talks"}, "sample": 4, "clusters": "one"}
    first, _wish = open_batch(
        admin, articles=asked, overlap=0.5, order="date", priority=3, strategy=strategy
    )
    first.refresh_from_db()
    assert (first.selection, first.overlap, first.order) == (asked, 0.5, "date")
    assert first.priority == 3
    ArticleFactory(
        project=admin.project,
        import_job=admin.project.imports.first(),
        meta={"published_at": "2026-03-01"},
    )

    second, _wish = open_batch(admin, name="Second", articles={"search": search})

    second.refresh_from_db()
    assert second.selection == {"search": {"from": "2026-03-01", "import": str(search["import"])}}


def test_of_articles_picked_by_hand_only_their_number_is_kept(admin):
    ids = list(admin.project.articles.values_list("uuid", flat=True)[:4])

    batch, _wish = open_batch(admin, articles={"ids": ids, "clusters": "whole"})

    batch.refresh_from_db()
    assert batch.selection == {"ids": 4, "clusters": "whole"}
    assert batch.tasks.count() == 4


def test_what_finds_too_few_coders_leaves_nothing_written(admin):
    cluster = Cluster.objects.create(project=admin.project, name="one story")
    admin.project.articles.update(cluster=cluster)

    with pytest.raises(batches.CannotPlace):
        open_batch(admin, one_per_cluster=True)

    assert not Batch.objects.exists()
    assert not Task.objects.exists()


@pytest.mark.parametrize("more", [0, 20])
def test_a_batch_is_written_in_as_many_queries_whatever_its_size(
    admin, more, django_assert_num_queries
):
    ArticleFactory.create_batch(more, project=admin.project)

    with django_assert_num_queries(12):
        open_batch(admin)
