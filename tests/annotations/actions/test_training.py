from dataclasses import replace
from datetime import date

import pytest

from annotations.actions import agreement, batch_changes, training
from annotations.enums import AssignmentState, Role, TaskState
from annotations.exceptions import Forbidden, Invalid
from annotations.models import (
    AgreementReport,
    Assignment,
    AuditEvent,
    Batch,
    Card,
    Gold,
    Task,
)
from annotations.queries import agreement as figures
from annotations.queries.batch_selection import CannotPlan
from annotations.queries.training import result, trainees
from exports import queries as releases
from exports.recipe import Recipe
from tests.annotations.actions.disputes import BRANDT, MAYOR, VELMORA, actor, place
from tests.coder import hand_in, save, step
from tests.factories import (
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    submitted,
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
def articles(project):
    return [article_with_gold(project, *GOLD) for _ in range(2)]


@pytest.fixture
def batch(project, coders, articles):
    return opened(project, *coders, articles=articles, training=True, name="Training")


def own_work(batch, member):
    return list(batch_work(batch).filter(coder=member).order_by("position"))


def batch_work(batch):
    return Assignment.objects.filter(task__batch=batch)


def code(assignment, *marks):
    """Hand ``assignment`` in with what ``marks`` say, as ``(label, extent)``."""
    save(assignment, *[step(label=label, extent=extent) for label, extent in marks])
    return hand_in(assignment)


def counts(assignment):
    attempts = assignment.attempts.order_by("number")
    return [(one.number, one.alike, one.own, one.gold) for one in attempts]


def test_every_coder_has_every_article_and_its_gold_is_known(batch, coders, articles):
    given = {(work.coder, work.task.article) for work in batch_work(batch)}

    assert given == {(coder, article) for coder in coders for article in articles}
    assert {task.known_gold.task.article for task in batch.tasks.all()} == set(articles)
    assert [task.coders_wanted for task in batch.tasks.all()] == [2, 2]
    assert (batch.is_training, batch.coders_per_article) == (True, 2)


def test_the_gold_that_is_in_force_is_the_one_to_learn_from(project, coders):
    article = article_with_gold(project, actor(BRANDT))
    later = TaskFactory(batch=BatchFactory(project=project), article=article)
    Gold.objects.create(task=later, number=1, spans=[], made_at=TUESDAY)
    Task.objects.filter(pk=later.pk).update(state=TaskState.CODED)
    Task.objects.filter(pk=later.pk).update(state=TaskState.ADJUDICATING)

    (task,) = opened(project, *coders, articles=[article], training=True).tasks.all()
    assert task.known_gold.spans != []

    Task.objects.filter(pk=later.pk).update(state=TaskState.ADJUDICATED, adjudicated_at=TUESDAY)
    again = opened(
        project, MemberFactory(project=project), articles=[article], training=True, name="More"
    )
    assert again.tasks.get().known_gold.spans == []


def test_an_article_without_gold_is_no_training(project, coders):
    with pytest.raises(CannotPlan, match="without the gold that training needs"):
        opened(project, *coders, articles=[ArticleFactory(project=project)], training=True)


def test_nobody_is_trained_on_an_article_that_was_given_to_them(project, coders):
    ann, ben = coders
    known, other = article_with_gold(project, *GOLD), article_with_gold(project, *GOLD)
    before = TaskFactory(batch=BatchFactory(project=project), article=known)
    AssignmentFactory(task=before, coder=ann, state=AssignmentState.RELEASED)

    batch = opened(project, ann, ben, articles=[known, other], training=True)

    assert {(work.coder, work.task.article) for work in batch_work(batch)} == {
        (ann, other),
        (ben, known),
        (ben, other),
    }
    with pytest.raises(CannotPlan, match="had all of these articles"):
        opened(project, ann, articles=[known], training=True, name="More")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"strategy": "pool"}, "everybody codes every article"),
        ({"required_f1": 0.8, "required_articles": 2}, "open to everybody"),
    ],
    ids=["pool", "requirement"],
)
def test_training_is_given_to_everybody(project, coders, articles, wish, said):
    with pytest.raises(CannotPlan, match=said):
        opened(project, *coders, articles=articles, training=True, **wish)


def test_work_is_held_against_gold_when_it_is_handed_in(batch, coders):
    first, second = own_work(batch, coders[0])

    code(first, ("actor", MAYOR), ("actor", VELMORA), ("event", BRANDT))
    code(second)

    assert (counts(first), counts(second)) == ([(1, 1, 3, 2)], [(1, 0, 0, 2)])
    assert first.attempts.get().f1 == 2 * 1 / (3 + 2)


def test_what_lies_in_site_furniture_is_not_held_against_anybody(project, coders):
    zones = [{"start": 20, "end": 40, "kind": "boilerplate"}]
    article = article_with_gold(project, actor(MAYOR), place(VELMORA), zones=zones)
    (work,) = own_work(opened(project, coders[0], articles=[article], training=True), coders[0])

    code(work, ("actor", MAYOR))

    assert counts(work) == [(1, 1, 1, 1)]


def test_training_is_never_adjudicated(batch, coders):
    for coder in coders:
        for work in own_work(batch, coder):
            code(work, ("actor", BRANDT))

    assert {task.state for task in batch.tasks.all()} == {TaskState.OPEN}
    assert not Card.objects.filter(task__batch=batch).exists()
    assert not Gold.objects.filter(task__batch=batch).exists()


def test_closing_training_sends_nothing_to_adjudication(batch, coders):
    done, _left = own_work(batch, coders[0])
    code(done, ("actor", BRANDT))

    batch_changes.close(batch=batch, by=_admin(batch.project), at=TUESDAY)

    states = dict(batch.tasks.values_list("pk", "state"))
    assert states.pop(done.task_id) == TaskState.OPEN
    assert list(states.values()) == [TaskState.DROPPED]
    assert not Card.objects.filter(task__batch=batch).exists()


def test_training_enters_no_release(project, batch, coders):
    before = _released(project)
    for work in own_work(batch, coders[0]):
        code(work, ("actor", BRANDT))

    assert _released(project) == before
    with_codings = Recipe(include=["gold", "codings"])
    for chosen in (with_codings, Recipe(include=["codings"])):
        tasks = releases.candidates(project, chosen)
        assert not [task for task in tasks if task.batch == batch]


def test_training_enters_no_figure_of_agreement(project, batch, coders):
    real = BatchFactory(project=project)
    task = TaskFactory(batch=real, article=ArticleFactory(project=project))
    for coder in coders:
        submitted(AssignmentFactory(task=task, coder=coder), GOLD)
    everything = figures.Scope(project, list(Batch.objects.filter(project=project)))
    agreement.measure(batch=real, at=TUESDAY)
    before = _computed(everything)

    for coder in coders:
        for work in own_work(batch, coder):
            code(work, ("event", BRANDT))
    agreement.measure(batch=batch, at=TUESDAY)

    assert not figures.is_stale(figures.report_on(everything), everything)
    # Computed anew, for days that leave nothing out.
    anew = replace(everything, since=date(2000, 1, 1))
    assert _computed(anew) == before


def test_trying_again_is_practice(batch, coders):
    work, _other = own_work(batch, coders[0])
    code(work, ("actor", BRANDT))

    training.try_again(assignment=work, by=coders[0].user, at=TUESDAY)

    work.refresh_from_db()
    assert work.state == AssignmentState.CODING
    assert [span.quote for span in work.spans.all()] == ["Ada Brandt"]
    code(work, ("actor", MAYOR), ("location", VELMORA))
    assert counts(work) == [(1, 0, 1, 2), (2, 2, 3, 2)]
    assert (
        AuditEvent.objects.get(kind=AuditEvent.Kind.TRAINING_TRIED_AGAIN).target_uuid == work.uuid
    )


def test_only_ones_own_training_that_is_handed_in_can_be_tried_again(project, batch, coders):
    ann, ben = coders
    work, _other = own_work(batch, ann)

    def again(assignment, by=ann):
        training.try_again(assignment=assignment, by=by.user, at=TUESDAY)

    with pytest.raises(training.CannotTryAgain, match="not handed in"):
        again(work)
    code(work)
    with pytest.raises(Forbidden, match="somebody else’s"):
        again(work, by=ben)
    real = submitted(AssignmentFactory(task__batch__project=project, coder=ann), [])
    with pytest.raises(training.CannotTryAgain, match="Only training"):
        again(real)
    batch_changes.close(batch=batch, by=_admin(project), at=TUESDAY)
    with pytest.raises(training.CannotTryAgain, match="closed"):
        again(work)


def test_an_admin_who_was_trained_sees_the_training_of_others_afterwards(batch, coders):
    ann, _ben = coders
    ann.roles = [Role.ADMIN, Role.CODER]
    ann.save()
    first, second = own_work(batch, ann)

    code(first)
    assert batch in Batch.objects.blind_to(ann.user)
    code(second)
    assert batch not in Batch.objects.blind_to(ann.user)


def test_the_admin_sees_what_each_coder_came_to(batch, coders):
    ann, ben = coders
    first, second = own_work(batch, ann)
    code(first, ("actor", MAYOR))
    training.try_again(assignment=first, by=ann.user, at=TUESDAY)
    code(first, ("location", VELMORA))
    code(second, ("actor", MAYOR), ("location", VELMORA))

    rows = [
        (one.member, one.given, one.tries, one.first_f1, one.last_f1) for one in trainees(batch)
    ]

    assert rows == [(ann, 2, 3, 2 * 3 / (3 + 4), 1.0), (ben, 2, 0, None, None)]


def test_an_admission_says_why_and_can_end(project, coders):
    admin, ann = _admin(project), coders[0]
    with pytest.raises(Invalid, match="Say why"):
        training.admit(member=ann, note=" ", by=admin, at=TUESDAY)
    with pytest.raises(Forbidden):
        training.admit(member=ann, note="I know her work.", by=ann.user, at=TUESDAY)

    training.admit(member=ann, note="I know her work.", by=admin, at=TUESDAY)

    with pytest.raises(training.AlreadyAdmitted):
        training.admit(member=ann, note="Once more.", by=admin, at=TUESDAY)
    said = AuditEvent.objects.get(kind=AuditEvent.Kind.MEMBER_ADMITTED)
    assert (said.target_uuid, said.detail) == (ann.uuid, {"note": "I know her work."})
    training.end_admission(member=ann, by=admin, at=TUESDAY)
    with pytest.raises(training.NotAdmittedByHand):
        training.end_admission(member=ann, by=admin, at=TUESDAY)
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.ADMISSION_ENDED).count() == 1


def _admin(project):
    return MemberFactory(project=project, roles=[Role.ADMIN]).user


def _released(project):
    return [task.pk for task in releases.candidates(project, Recipe())]


def _computed(scope):
    report = agreement.ask(scope=scope, at=TUESDAY)
    agreement.compute(report_id=report.pk, at=TUESDAY)
    return AgreementReport.objects.get(pk=report.pk).figures


def test_a_training_article_shows_the_reason_of_the_ruling_that_made_its_gold(project, coders):
    judge = MemberFactory(project=project, roles=[Role.ADJUDICATOR]).user
    one = RuledTask(MemberFactory(project=project), judge, [actor(BRANDT)], [actor(MAYOR)])
    one.rule("accept", one.others, reason="Title missing").finish()
    batch = opened(project, coders[0], articles=[one.task.article], training=True)
    (work,) = own_work(batch, coders[0])
    code(work, ("actor", BRANDT))

    found = result(work)

    (difference,) = found.differences
    assert difference.place.kind == "boundary"
    assert [ruling.reason for ruling in difference.rulings] == ["Title missing"]
