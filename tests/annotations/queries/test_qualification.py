import pytest

from annotations.actions import batch_changes, coding, training
from annotations.actions.guards import NotAdmitted
from annotations.enums import CardKind, Role
from annotations.models import Assignment
from annotations.queries import pool, qualification
from annotations.queries.batch_plan import Wish, plan
from annotations.queries.batch_selection import CannotPlan
from tests.annotations.actions.disputes import MAYOR, VELMORA, actor, place
from tests.coder import hand_in, save, step
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
)
from tests.stories import article_with_gold, coded_task, opened

pytestmark = pytest.mark.django_db

REQUIRED = {"required_f1": 0.8, "required_articles": 2}


@pytest.fixture
def project():
    project = ProjectFactory()
    CodebookFactory(project=project)
    return project


@pytest.fixture
def coder(project):
    return MemberFactory(project=project, user__username="ann")


@pytest.fixture
def admin(project):
    return MemberFactory(project=project, roles=[Role.ADMIN]).user


@pytest.fixture
def train(project, coder):
    """Give the coder a training article, and hand it in with so many of its two spans."""

    def one(right):
        article = article_with_gold(project, actor(MAYOR), place(VELMORA))
        name = f"Training on {article.key}"
        batch = opened(project, coder, articles=[article], training=True, name=name)
        work = Assignment.objects.get(task__batch=batch)
        marks = [("actor", MAYOR), ("location", VELMORA)][:right]
        save(work, *[step(label=label, extent=extent) for label, extent in marks])
        hand_in(work)
        return work

    return one


def fresh(project, count=2):
    return ArticleFactory.create_batch(count, project=project)


def pool_for(project, *members, **wish):
    wish = {"name": "Round 3", "strategy": "pool", **REQUIRED, **wish}
    return opened(project, *members, articles=fresh(project), **wish)


def draw(member):
    return coding.next_assignment(member=member, at=TUESDAY)


def test_what_counts_are_the_last_articles_as_they_were_first_handed_in(coder, train):
    assert qualification.standing(coder, 2) == qualification.Standing(0, None)
    bad = train(0)
    train(1)
    train(2)
    training.try_again(assignment=bad, by=coder.user, at=TUESDAY)
    save(bad, step(label="actor", extent=MAYOR))
    hand_in(bad)

    assert qualification.standing(coder, 2) == qualification.Standing(2, 2 * 3 / (3 + 4))
    assert qualification.standing(coder, 3) == qualification.Standing(3, 2 * 3 / (3 + 6))
    assert qualification.standing(coder, 9).articles == 3


def test_a_pool_stays_closed_until_training_comes_to_enough(project, coder, train):
    batch = pool_for(project, coder)

    with pytest.raises(NotAdmitted) as first:
        draw(coder)
    assert str(first.value) == (
        "“Round 3” is for coders who agree with gold by a strict F1 of 0.800 or more over their "
        "last 2 training articles; you have handed in 0 so far."
    )
    train(2)
    train(0)
    with pytest.raises(NotAdmitted, match=r"articles; yours come to 0\.667\."):
        draw(coder)
    train(2)
    with pytest.raises(NotAdmitted):
        draw(coder)
    train(2)

    assert draw(coder).task.batch == batch


def test_training_that_waits_comes_before_the_refusal(project, coder):
    pool_for(project, coder)
    article = article_with_gold(project, actor(MAYOR))
    waiting = opened(project, coder, articles=[article], training=True, name="Training")

    assert draw(coder).task.batch == waiting
    assert pool.offers(coder.user).closed[0].training.task.batch == waiting


def test_a_pool_that_is_open_is_drawn_from_past_one_that_is_not(project, coder):
    pool_for(project, coder, priority=3)
    easy = opened(
        project, coder, articles=fresh(project, 1), strategy="pool", name="Easy", priority=1
    )

    assert draw(coder).task.batch == easy
    assert pool.offers(coder.user).projects == []


def test_who_is_admitted_by_hand_draws_without_training(project, coder, admin):
    batch = pool_for(project, coder)
    training.admit(member=coder, note="Trained elsewhere.", by=admin, at=TUESDAY)

    assert pool.offers(coder.user).projects == [project]
    assert draw(coder).task.batch == batch

    hand_in(Assignment.objects.get(coder=coder, task__batch=batch))
    training.end_admission(member=coder, by=admin, at=TUESDAY)
    with pytest.raises(NotAdmitted):
        draw(coder)


def test_nothing_is_offered_from_a_closed_pool(project, coder):
    batch = pool_for(project, coder)

    offers = pool.offers(coder.user)

    assert offers.projects == []
    assert [one.batch for one in offers.closed] == [batch]


def test_an_empty_pool_asks_for_nothing(project, coder, admin):
    other = MemberFactory(project=project)
    pool_for(project, coder, other)
    training.admit(member=other, note="First.", by=admin, at=TUESDAY)
    while (work := draw(other)) is not None:
        hand_in(work)

    assert draw(coder) is None
    assert pool.offers(coder.user).closed == []


def test_a_plan_names_those_who_are_not_admitted(project, coder, admin):
    new = MemberFactory(project=project, user__username="ben")
    wish = Wish(
        articles={"ids": [str(article.uuid) for article in fresh(project)]},
        coders=["ann", "ben"],
        **REQUIRED,
    )
    training.admit(member=coder, note="Trained elsewhere.", by=admin, at=TUESDAY)

    with pytest.raises(
        CannotPlan, match=r"F1 of 0\.800 .* 2 articles, nor by hand: ben\."
    ) as said:
        plan(project, wish)
    assert [(one["field"], one["code"]) for one in said.value.errors] == [
        ("coders", "not_admitted")
    ]
    with pytest.raises(CannotPlan, match="nor by hand: ben"):
        opened(project, coder, new, articles=fresh(project), **REQUIRED)
    assert opened(project, coder, articles=fresh(project), **REQUIRED).tasks.count() == 2


def test_work_changes_hands_only_to_who_is_admitted(project, coder, admin):
    new = MemberFactory(project=project, user__username="ben")
    training.admit(member=coder, note="Trained elsewhere.", by=admin, at=TUESDAY)
    batch = opened(project, coder, articles=fresh(project), **REQUIRED)

    def reassign():
        return batch_changes.reassign(
            batch=batch, from_coder="ann", to_coder="ben", by=admin, at=TUESDAY
        )

    with pytest.raises(NotAdmitted, match="ben has not come up to the training"):
        reassign()
    training.admit(member=new, note="Trained elsewhere.", by=admin, at=TUESDAY)
    assert len(reassign().movable) == 2


def test_another_coder_is_asked_only_if_admitted(project, admin):
    new = MemberFactory(project=project, user__username="ben")
    batch = pool_for(project, new)
    task = coded_task([actor(MAYOR)], [], batch=batch, article=ArticleFactory(project=project))
    assert task.cards.get().kind == CardKind.MISSING

    with pytest.raises(NotAdmitted, match="ben"):
        batch_changes.ask_another(batch=batch, coders=["ben"], by=admin, at=TUESDAY)
