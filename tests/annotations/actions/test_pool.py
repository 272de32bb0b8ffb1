import threading
from datetime import date

import pytest
from django.db import OperationalError, connection, transaction

from annotations.actions import batch_changes, batches, coding
from annotations.actions.guards import Archived
from annotations.enums import AssignmentState, Priority, Role, Strategy, TaskState
from annotations.models import Article, Assignment, Batch, Task
from annotations.queries.batch_plan import Wish
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    ImportJobFactory,
    MemberFactory,
    ProjectFactory,
    submitted,
)
from tests.threads import at_once


@pytest.fixture
def project(db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    return project


def coders_of(project, count):
    return MemberFactory.create_batch(count, project=project)


def pool(project, coders, articles=3, **wish):
    """Open a pool of so many fresh articles for ``coders``, or of the ``articles`` given."""
    if isinstance(articles, int):
        articles = ArticleFactory.create_batch(articles, project=project)
    wish["articles"] = {"ids": [str(article.uuid) for article in articles]}
    return batches.open_batch(
        project=project,
        wish=Wish(
            **{"name": "Pool", "coders_per_article": 1}
            | wish
            | {"strategy": Strategy.POOL, "coders": [member.name for member in coders]}
        ),
        by=MemberFactory(project=project, roles=[Role.ADMIN]).user,
        at=MONDAY,
    )


def draw(member):
    return coding.next_assignment(member=member, at=TUESDAY)


def hand_in_all(member):
    """Draw and hand in until nothing comes; return the articles in the order they came."""
    seen = []
    while (assignment := draw(member)) is not None:
        seen.append(assignment.task.article.pk)
        submitted(assignment, [])
    return seen


def test_a_pool_gives_nobody_anything_before_it_is_drawn(project):
    pool(project, coders_of(project, 2))

    assert not Assignment.objects.exists()
    assert Task.objects.count() == 3


def test_what_is_drawn_is_in_progress_and_comes_again_until_it_is_handed_in(project):
    (coder,) = coders_of(project, 1)
    pool(project, [coder])

    first = draw(coder)
    assert first.state == AssignmentState.CODING
    assert draw(coder) == first
    submitted(first, [])
    second = draw(coder)

    assert [first.task.position, second.task.position] == [0, 1]


def test_work_that_was_given_comes_before_what_can_be_drawn(project):
    (coder,) = coders_of(project, 1)
    pool(project, [coder])
    given = AssignmentFactory(task__batch__project=project, coder=coder)

    assert draw(coder) == given


def test_an_article_is_drawn_by_as_many_as_it_wants_and_by_nobody_twice(project):
    coders = coders_of(project, 3)
    pool(project, coders, articles=2, coders_per_article=2)

    for coder in coders:
        hand_in_all(coder)

    for task in Task.objects.all():
        assert task.assignments.count() == task.assignments.values("coder").distinct().count() == 2


def test_nobody_draws_two_versions_of_a_story_where_the_batch_forbids_it(project):
    cluster = project.clusters.create(name="c")
    versions = ArticleFactory.create_batch(2, project=project, cluster=cluster)
    coders = coders_of(project, 2)
    pool(project, coders, articles=versions, one_per_cluster=True)

    assert [hand_in_all(coder) for coder in coders] == [[a.pk] for a in versions]


def test_the_batch_of_the_higher_priority_comes_first_then_the_one_due_first(project):
    (coder,) = coders_of(project, 1)
    pool(project, [coder], articles=1, name="Later", due=date(2026, 5, 2))
    pool(project, [coder], articles=1, name="Sooner", due=date(2026, 5, 1))
    pool(project, [coder], articles=1, name="Some day")
    urgent = pool(project, [coder], articles=1, name="Urgent")
    Batch.objects.filter(pk=urgent.pk).update(priority=Priority.HIGH)
    given = AssignmentFactory(task__batch__project=project, coder=coder)

    order = [Article.objects.get(pk=pk).tasks.get().batch.name for pk in hand_in_all(coder)]

    assert order == ["Urgent", given.task.batch.name, "Sooner", "Later", "Some day"]


def test_what_is_begun_comes_before_every_pool(project):
    (coder,) = coders_of(project, 1)
    urgent = pool(project, [coder])
    Batch.objects.filter(pk=urgent.pk).update(priority=Priority.HIGH)
    returned = AssignmentFactory(
        task__batch__project=project, coder=coder, state=AssignmentState.RETURNED
    )

    assert draw(coder) == returned


@pytest.mark.parametrize("source", ["given", "pool", "resumed"])
def test_next_takes_six_queries_at_most(project, source, django_assert_max_num_queries):
    (coder,) = coders_of(project, 1)
    if source == "given":
        AssignmentFactory(task__batch__project=project, coder=coder)
    else:
        pool(project, [coder])
    if source == "resumed":
        draw(coder)
        Assignment.objects.update(state=AssignmentState.RELEASED, has_expired=True)
    transaction_control = 2

    with django_assert_max_num_queries(6 + transaction_control):
        assert draw(coder) is not None


def test_an_empty_answer_takes_six_queries_at_most(project, django_assert_max_num_queries):
    (coder,) = coders_of(project, 1)
    pool(project, [coder], articles=1)
    hand_in_all(coder)
    transactions = 2

    with django_assert_max_num_queries(6 + 2 * transactions):
        assert draw(coder) is None


@pytest.mark.parametrize("of_coder", ["somebody absent", "oneself"])
def test_the_next_article_is_found_without_reading_what_is_in_front(project, of_coder):
    coder, absent = coders_of(project, 2)
    batch = pool(project, [coder, absent], articles=2)
    first = batch.tasks.order_by("position").first()
    AssignmentFactory(
        task=first, coder=absent if of_coder == "somebody absent" else coder, position=0
    )
    if of_coder == "oneself":
        submitted(first.assignments.get(), [])

    assert draw(coder).task.position == 1


def test_who_is_not_named_draws_nothing(project):
    named, other = coders_of(project, 2)
    pool(project, [named])

    assert draw(other) is None


@pytest.mark.parametrize("ends", ["closed", "withdrawn", "taken away"])
def test_nothing_is_drawn_that_is_over(project, ends):
    (coder,) = coders_of(project, 1)
    batch = pool(project, [coder], articles=1)
    if ends == "closed":
        batch.closed_at = TUESDAY
        batch.save()
    elif ends == "withdrawn":
        project.articles.update(withdrawn_at=TUESDAY, withdrawn_reason="Rights")
    else:
        coding.release(assignment=draw(coder), by=coder.user, at=TUESDAY)

    assert draw(coder) is None


def test_an_archived_project_gives_nothing(project):
    (coder,) = coders_of(project, 1)
    pool(project, [coder])
    project.archived_at = TUESDAY
    project.save()

    with pytest.raises(Archived):
        draw(coder)
    assert not Assignment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_coders_drawing_at_once_never_exceed_what_an_article_wants(transactional_db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    coders = coders_of(project, 8)
    pool(project, coders, articles=10, coders_per_article=2)

    drawn = at_once(*[lambda coder=coder: hand_in_all(coder) for coder in coders])

    assert sum(map(len, drawn)) == 20
    assert all(len(articles) == len(set(articles)) for articles in drawn)
    assert {task.assignments.count() for task in Task.objects.all()} == {2}


@pytest.mark.parametrize("articles", [60, pytest.param(2_000, marks=pytest.mark.slow)])
@pytest.mark.django_db(transaction=True)
def test_twenty_four_coders_at_once_empty_a_pool_and_nothing_is_claimed_twice(
    transactional_db, articles, trust
):
    project = ProjectFactory()
    CodebookFactory(project=project)
    coders = coders_of(project, 24)
    batch = BatchFactory(project=project, strategy=Strategy.POOL)
    batch.drawers.set(coders)
    job = ImportJobFactory(project=project)
    made = ArticleFactory.build_batch(articles, project=project, import_job=job)
    Task.objects.bulk_create(
        Task(batch=batch, article=article, coders_wanted=1, position=position)
        for position, article in enumerate(Article.objects.bulk_create(made))
    )

    def take_all(coder):
        taken = 0
        while (work := draw(coder)) is not None:
            taken += 1
            done = Assignment.objects.filter(pk=work.pk)
            done.update(state=AssignmentState.SUBMITTED, submitted_at=TUESDAY)
        return taken

    taken = at_once(*[lambda coder=coder: take_all(coder) for coder in coders])

    claimed = Assignment.objects.values("task").distinct().count()
    assert sum(taken) == claimed == articles
    trust(
        "Work shared out",
        "24 coders claim articles at once until none is left",
        tried="24 threads",
        of=f"{articles:,} articles",
        control="see the next line",
        claimed_twice=sum(taken) - claimed,
        left_over=articles - claimed,
    )


@pytest.mark.django_db(transaction=True)
def test_twenty_four_claims_that_are_held_open_do_not_wait_for_each_other(transactional_db, trust):
    project = ProjectFactory()
    CodebookFactory(project=project)
    coders = coders_of(project, 24)
    batch = pool(project, coders, articles=48)

    def plain(coder):
        waiting = batch.tasks.filter(coders_live=0).order_by("position")
        return waiting.select_for_update().first()

    served, control = (held_at_once(claim, coders) for claim in (draw, plain))

    assert served == 24
    assert served >= 5 * control
    trust(
        "Work shared out",
        "24 coders claim at once, and none has committed yet",
        tried="24 transactions held open",
        of="48 articles",
        control=f"under a plain lock {control} of 24 was served",
        waiting=24 - served,
    )


def held_at_once(claim, coders):
    """Count who is served while nobody lets go of what they have."""
    all_have_tried = threading.Barrier(len(coders))

    def call(coder):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '500ms'")
            try:
                with transaction.atomic():
                    return claim(coder) is not None
            except OperationalError:
                return False
            finally:
                all_have_tried.wait()
                transaction.set_rollback(True)

    return sum(at_once(*[lambda coder=coder: call(coder) for coder in coders]))


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_waited_for_while_another_coder_takes_the_other_one(transactional_db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    coders = coders_of(project, 6)
    pool(project, coders, articles=1, coders_per_article=6)

    found = at_once(*[lambda coder=coder: draw(coder) for coder in coders])

    assert None not in found
    assert Task.objects.get().coders_live == 6


@pytest.mark.django_db(transaction=True)
def test_one_coder_in_two_tabs_draws_one_article(transactional_db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    (coder,) = coders_of(project, 1)
    pool(project, [coder])

    first, second = at_once(lambda: draw(coder), lambda: draw(coder))

    assert first == second
    assert Assignment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_closing_while_coders_draw_leaves_nothing_in_progress(transactional_db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    coders = coders_of(project, 4)
    batch = pool(project, coders, articles=6, coders_per_article=2)
    admin = project.members.get(roles=[Role.ADMIN]).user

    outcomes = at_once(
        *[lambda coder=coder: draw(coder) for coder in coders],
        lambda: batch_changes.close(batch=batch, by=admin, at=TUESDAY),
    )

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert not Assignment.objects.live().exists()
    assert {task.state for task in Task.objects.all()} == {TaskState.DROPPED}
