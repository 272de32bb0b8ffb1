import pytest

from annotations.actions import agreement, batch_changes, coding, leases
from annotations.enums import AssignmentState, Role, TaskState
from annotations.exceptions import Refused
from annotations.models import (
    Assignment,
    AuditEvent,
    Batch,
    Card,
    Cluster,
    Gold,
    Task,
)
from annotations.queries import agreement as figures
from annotations.queries import progress, qualification, reassignment
from annotations.queries.batch_plan import Wish, plan
from annotations.queries.batch_selection import CannotPlan
from annotations.queries.invariants.adjudication import tasks_are_as_far_as_their_work
from annotations.queries.invariants.coding import live_work_never_exceeds_that_wanted
from exports import queries as releases
from exports.recipe import Recipe
from tests.annotations.actions.disputes import MAYOR, VELMORA, actor, place
from tests.coder import hand_in, save, step
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)
from tests.stories import RuledTask, article_with_gold, opened

pytestmark = pytest.mark.django_db

GOLD = [actor(MAYOR), place(VELMORA)]


@pytest.fixture
def project():
    project = ProjectFactory()
    CodebookFactory(project=project)
    return project


@pytest.fixture
def coders(project):
    return [MemberFactory(project=project, user__username=name) for name in ("ann", "ben")]


@pytest.fixture
def known(project):
    return [article_with_gold(project, *GOLD) for _ in range(2)]


def fresh(project, count=6):
    return ArticleFactory.create_batch(count, project=project)


def round_of(project, coders, **wish):
    articles = wish.pop("articles", None) or fresh(project)
    return opened(project, *coders, articles=articles, **{"checks": 2, **wish})


def checks_of(batch, member=None):
    work = Assignment.objects.filter(task__batch=batch, task__known_gold__isnull=False)
    return list((work.filter(coder=member) if member else work).order_by("position"))


def code(assignment, *marks):
    save(assignment, *[step(label=label, extent=extent) for label, extent in marks])
    return hand_in(assignment)


def draw(member):
    return coding.next_assignment(member=member, at=TUESDAY)


def test_every_coder_has_the_checks_among_the_own_articles(project, coders, known):
    batch = round_of(project, coders)

    for coder in coders:
        own = list(Assignment.objects.filter(task__batch=batch, coder=coder).order_by("position"))
        assert {one.task.article for one in own if one.task.known_gold} == set(known)
        assert len(own) == 3 + 2
    assert [task.coders_wanted for task in batch.tasks.checks()] == [2, 2]
    assert {task.known_gold.task.article for task in batch.tasks.checks()} == set(known)
    positions = sorted(batch.tasks.values_list("position", flat=True))
    assert positions == list(range(8))
    rows = Assignment.objects.filter(task__batch=batch).order_by("pk")
    places = list(rows.values_list("position", flat=True))
    assert places == sorted(places)


def test_the_seed_says_where_they_are_and_which(project, coders):
    for _ in range(4):
        article_with_gold(project, *GOLD)
    articles = fresh(project)
    wish = Wish(
        articles={"ids": [str(article.uuid) for article in articles]},
        coders=["ann", "ben"],
        checks=2,
        seed=3,
    )

    first, again = plan(project, wish), plan(project, wish)

    assert first.everything == again.everything
    others = [plan(project, Wish(**{**vars(wish), "seed": seed})) for seed in range(9)]
    assert len({tuple(one.checks) for one in others}) > 1


def test_a_pool_hands_them_out_in_its_order_and_each_to_everybody(project, coders, known):
    batch = round_of(project, coders, strategy="pool")
    ann, ben = coders

    drawn = []
    while (work := draw(ann)) is not None:
        code(work)
        drawn.append(work.position)
    while (work := draw(ben)) is not None:
        code(work)

    assert drawn == list(range(8))
    assert [len(checks_of(batch, coder)) for coder in coders] == [2, 2]


@pytest.mark.parametrize("strategy", ["balanced", "pool"])
@pytest.mark.parametrize("knows_by", ["coding", "ruling"])
def test_nobody_gets_a_check_that_they_coded_or_ruled_on(project, coders, strategy, knows_by):
    ann, ben = coders
    if knows_by == "coding":
        article = article_with_gold(project, *GOLD)
        before = TaskFactory(batch=BatchFactory(project=project), article=article)
        AssignmentFactory(task=before, coder=ann, state=AssignmentState.RELEASED)
    else:
        ann.roles = [Role.CODER, Role.ADJUDICATOR]
        ann.save()
        ruled = RuledTask(MemberFactory(project=project), ann.user, GOLD, [actor(MAYOR)])
        article = ruled.rule("accept", whose=ruled.assignment).finish().task.article

    batch = round_of(project, coders, checks=1, strategy=strategy)
    if strategy == "pool":
        for member in coders:
            while (work := draw(member)) is not None:
                code(work)

    assert [work.coder for work in checks_of(batch)] == [ben]
    assert batch.tasks.checks().get().article == article


def test_who_comes_to_a_pool_later_draws_no_check_that_they_know(project, coders, known):
    batch = round_of(project, coders, strategy="pool", checks=2)
    before = TaskFactory(batch=BatchFactory(project=project), article=known[0])
    AssignmentFactory(task=before, coder=coders[0], state=AssignmentState.RELEASED)

    while (work := draw(coders[0])) is not None:
        code(work)

    assert [work.task.article for work in checks_of(batch, coders[0])] == [known[1]]


def test_there_must_be_enough_articles_that_can_be_checks(project, coders):
    story = Cluster.objects.create(project=project, name="tale")
    article_with_gold(project, *GOLD, cluster=story)
    article_with_gold(project)
    good = article_with_gold(project, *GOLD)
    articles = [*fresh(project, 3), ArticleFactory(project=project, cluster=story)]

    with pytest.raises(CannotPlan, match="There is 1 article that can be a check"):
        round_of(project, coders, articles=articles, checks=2)
    batch = round_of(project, coders, articles=articles, checks=1)
    assert batch.tasks.checks().get().article == good


def test_training_has_no_checks(project, coders, known):
    with pytest.raises(CannotPlan, match="nothing to check"):
        opened(project, *coders, articles=known, training=True, checks=1)


def test_a_check_is_held_against_gold_and_enters_nothing(project, coders, known):
    batch = round_of(project, coders, coders_per_article=2)
    golds = Gold.objects.count()
    for work in Assignment.objects.filter(task__batch=batch).order_by("position"):
        code(work, ("actor", MAYOR))
    agreement.measure(batch=batch, at=TUESDAY)

    attempts = [one.attempts.get() for one in checks_of(batch)]
    assert [(one.alike, one.own, one.gold) for one in attempts] == [(1, 1, 2)] * 4
    checks = batch.tasks.checks()
    assert {task.state for task in checks} == {TaskState.OPEN}
    assert not Card.objects.filter(task__in=checks).exists()
    scope = figures.Scope(project, [batch])
    assert set(scope.rows().values_list("task", flat=True)).isdisjoint(
        checks.values_list("pk", flat=True)
    )
    assert scope.rows().count() == 6
    assert Gold.objects.filter(task__in=checks).count() == 0
    assert Gold.objects.count() > golds
    recipe = Recipe(batches=[str(batch.uuid)], include=["gold", "codings"])
    released = releases.candidates(project, recipe)
    assert {task.article for task in released}.isdisjoint(known)
    assert not Task.objects.awaiting_ruling().filter(pk__in=checks).exists()
    assert qualification.standing(coders[0], 5).articles == 0
    assert list(tasks_are_as_far_as_their_work()) == []
    assert list(live_work_never_exceeds_that_wanted()) == []


def test_progress_says_how_many_are_checks_and_does_not_wait_for_rulings_on_them(
    project, coders, known
):
    batch = round_of(project, coders)
    for work in Assignment.objects.filter(task__batch=batch).order_by("position"):
        code(work)

    found = progress.of(batch, TUESDAY)

    assert (found.articles, found.checks, found.real, found.adjudicated) == (8, 2, 6, 6)
    assert found.is_over
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user
    (listed,) = progress.with_progress(Batch.objects.filter(pk=batch.pk), admin)
    assert (listed.articles, listed.checks, listed.real) == (8, 2, 6)


def test_a_check_that_expired_comes_back_to_its_coder(project, coders, known):
    batch = round_of(project, coders[:1], strategy="pool")
    Batch.objects.filter(pk=batch.pk).update(lease_days=1)
    while (work := draw(coders[0])) and work.task.known_gold is None:
        code(work)
    save(work, step())
    Assignment.objects.filter(pk=work.pk).update(active_at=MONDAY)

    assert leases.expire(at=TUESDAY) == 1

    assert draw(coders[0]) == work


def test_handing_over_leaves_checks_with_who_has_them_where_the_other_knows_them(
    project, coders, known
):
    ann, ben = coders
    batch = round_of(project, [ann], checks=2)
    before = TaskFactory(batch=BatchFactory(project=project), article=known[0])
    AssignmentFactory(task=before, coder=ben, state=AssignmentState.RELEASED)
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user

    handover = batch_changes.reassign(
        batch=batch, from_coder="ann", to_coder="ben", by=admin, at=TUESDAY
    )

    assert len(handover.movable) == 7
    assert handover.refusals == [
        {
            "article": str(known[0].uuid),
            "code": "knows_gold",
            "detail": "ben knows the gold of this article.",
        }
    ]
    assert [work.task.article for work in checks_of(batch, ben)] == [known[1]]


def test_closing_keeps_the_checks_that_were_handed_in_and_drops_the_others(project, coders, known):
    batch = round_of(project, coders)
    first, second = batch.tasks.checks().order_by("position")
    code(first.assignments.get(coder=coders[0]), ("actor", MAYOR))
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user
    closing = reassignment.on_closing(batch)
    assert (closing.goes_on, closing.dropped) == (0, 7)

    batch_changes.close(batch=batch, by=admin, at=TUESDAY)

    for task in (first, second):
        task.refresh_from_db()
    assert (first.state, first.coders_wanted) == (TaskState.OPEN, 1)
    assert second.state == TaskState.DROPPED
    assert progress.of(batch, TUESDAY).checks == 1
    assert list(tasks_are_as_far_as_their_work()) == []


def test_no_other_coder_is_asked_about_a_check(project, coders, known):
    batch = round_of(project, coders)
    work, other = batch.tasks.checks().first().assignments.order_by("pk")
    code(work, ("actor", MAYOR))
    code(other)
    MemberFactory(project=project, user__username="cleo")
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user

    with pytest.raises(Refused, match="no such dispute"):
        batch_changes.ask_another(batch=batch, coders=["cleo"], by=admin, at=TUESDAY)


def test_an_admin_who_codes_in_the_batch_stays_blind_until_the_others_are_adjudicated(
    project, coders, known
):
    ann, ben = coders
    ann.roles = [Role.CODER, Role.ADMIN]
    ann.save()
    batch = round_of(project, coders)
    for work in Assignment.objects.filter(task__batch=batch, coder=ann).order_by("position"):
        code(work)
    assert not Batch.objects.open_book_for(ann.user).filter(pk=batch.pk).exists()

    for work in Assignment.objects.filter(task__batch=batch, coder=ben).order_by("position"):
        code(work)

    assert Batch.objects.open_book_for(ann.user).filter(pk=batch.pk).exists()


def test_the_history_tells_of_a_check_as_of_any_article(project, coders, known):
    batch = round_of(project, coders)
    kinds = []
    for is_check in (True, False):
        task = batch.tasks.filter(known_gold__isnull=not is_check).first()
        code(task.assignments.first(), ("actor", MAYOR))
        last = AuditEvent.objects.filter(kind="assignment.submitted").latest("pk")
        kinds.append((last.kind, sorted(last.detail)))

    assert kinds[0] == kinds[1]
