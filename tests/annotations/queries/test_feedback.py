from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import adjudication, agreement
from annotations.actions import feedback as actions
from annotations.enums import AssignmentState, CardKind, Role, TaskState
from annotations.models import Decision
from annotations.queries import feedback
from tests.annotations.actions.disputes import BRANDT, MAYOR, VELMORA, actor, place
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    submitted,
)
from tests.stories import RuledTask

pytestmark = pytest.mark.django_db

VELMORA_TOO = place(VELMORA)


@pytest.fixture
def project():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project, rules=[{"id": "R4.2", "text": "Titles are in the name."}])
    return project


@pytest.fixture
def coder(project):
    return MemberFactory(project=project, user__username="amina")


@pytest.fixture
def adjudicator(project):
    return MemberFactory(project=project, roles=[Role.ADJUDICATOR], user__username="judge").user


def told(coder):
    work = feedback.in_order(feedback.ruled_otherwise(coder.user, coder.project))
    related = work.select_related("task__article", "task__batch", "coder")
    return feedback.told(coder.project, related)


def in_words(difference):
    def said(rows):
        return [(row["label"], row["quote"]) for row in rows]

    return difference.place.kind, said(difference.place.own), said(difference.place.gold)


def test_an_overruled_span_comes_with_what_was_said_of_it(coder, adjudicator):
    one = RuledTask(coder, adjudicator, [actor(BRANDT), VELMORA_TOO], [actor(MAYOR), VELMORA_TOO])
    one.rule(
        "accept", one.others, reason="Title missing", note="See the list.", rule="R4.2"
    ).finish()

    (article,) = told(coder)

    (difference,) = article.differences
    assert in_words(difference) == (
        "boundary",
        [("actor", "Ada Brandt")],
        [("actor", "Mayor Ada Brandt")],
    )
    (ruling,) = difference.rulings
    assert (ruling.reason, ruling.note) == ("Title missing", "See the list.")
    assert (ruling.rule, ruling.rule_text) == ("R4.2", "Titles are in the name.")
    assert ruling.by == ""


def test_the_adjudicators_name_is_told_where_the_project_shows_names(coder, adjudicator, project):
    project.settings["show_names"] = True
    project.save()
    one = RuledTask(coder, adjudicator, [actor(BRANDT)], [actor(MAYOR)])
    one.rule("accept", one.others).finish()

    assert told(coder)[0].differences[0].rulings[0].by == "judge"


def test_a_rejected_span_is_told_with_the_reason(coder, adjudicator):
    one = RuledTask(coder, adjudicator, [actor(MAYOR)], [])
    one.rule("reject", reason="No actor here").finish()

    (difference,) = told(coder)[0].differences

    assert in_words(difference) == ("rejected", [("actor", "Mayor Ada Brandt")], [])
    assert [ruling.reason for ruling in difference.rulings] == ["No actor here"]


def test_a_span_that_the_coder_left_out_is_told(coder, adjudicator):
    one = RuledTask(coder, adjudicator, [], [actor(MAYOR)])
    one.rule("accept", one.others, note="A mayor acts.").finish()

    (difference,) = told(coder)[0].differences

    assert in_words(difference) == ("missed", [], [("actor", "Mayor Ada Brandt")])
    assert [ruling.note for ruling in difference.rulings] == ["A mayor acts."]


def test_work_that_became_gold_is_not_told_of(coder, adjudicator):
    one = RuledTask(coder, adjudicator, [actor(MAYOR)], [actor(BRANDT)])
    one.rule("accept", one.assignment).finish()

    assert told(coder) == []


def test_other_details_are_told_and_the_order_of_details_is_not(coder, adjudicator):
    kept = [{"name": "planned", "value": "yes"}, {"name": "when", "value": "2026-03-02"}]
    event = {"label": "event", "start": 42, "end": 47}
    same = RuledTask(
        coder,
        adjudicator,
        [{**event, "attributes": kept}],
        [{**event, "attributes": kept[::-1]}],
    )
    assert same.task.cards.get().kind == CardKind.AGREED
    same.finish()
    assert told(coder) == []

    other = RuledTask(
        coder, adjudicator, [{**event, "attributes": kept}], [{**event, "attributes": kept[:1]}]
    )
    other.rule("accept", other.others).finish()

    (difference,) = told(coder)[0].differences
    assert difference.place.kind == "attribute"


def test_nothing_is_told_before_all_own_work_in_the_batch_is_adjudicated(coder, adjudicator):
    one = RuledTask(coder, adjudicator, [actor(BRANDT)], [actor(MAYOR)])
    one.rule("accept", one.others)
    assert told(coder) == []

    waiting = AssignmentFactory(task=TaskFactory(batch=one.task.batch), coder=coder)
    one.finish()
    assert told(coder) == []

    waiting.state = AssignmentState.RELEASED
    waiting.save(update_fields=["state"])
    assert len(told(coder)) == 1


def test_a_reopened_article_is_not_told_of(coder, adjudicator):
    one = RuledTask(coder, adjudicator, [actor(BRANDT)], [actor(MAYOR)])
    one.rule("accept", one.others).finish()
    adjudication.reopen(task=one.task, by=adjudicator, at=TUESDAY)

    assert told(coder) == []


def test_a_project_can_give_no_feedback(coder, adjudicator, project):
    one = RuledTask(coder, adjudicator, [actor(BRANDT)], [actor(MAYOR)])
    one.rule("accept", one.others).finish()
    project.settings["feedback"] = False
    project.save()

    assert told(coder) == []
    assert feedback.news(coder.user) == []
    assert feedback.weeks(coder, coder.user) == []


def test_only_ones_own_work_is_told_of(coder, adjudicator):
    one = RuledTask(coder, adjudicator, [actor(BRANDT)], [actor(MAYOR)])
    one.rule("accept", one.others).finish()

    assert told(MemberFactory(project=coder.project)) == []
    assert [row.assignment for row in told(coder)] == [one.assignment]
    assert told(one.others.coder) == []


def test_what_is_told_says_nothing_of_what_another_coder_had(coder, adjudicator):
    """The same own work and the same gold, from two versions of somebody else."""
    said = []
    for other in ([actor(MAYOR)], [place(MAYOR)]):
        one = RuledTask(coder, adjudicator, [actor(BRANDT)], other)
        spans = [{"label": "actor", "start": 0, "end": 16}]
        one.rule("edit", spans=spans, reason="Titles").finish()
        (article,) = [row for row in told(coder) if row.assignment == one.assignment]
        said.append(
            [
                (in_words(one), one.place.start, one.own.pieces, one.gold.pieces, one.rulings)
                for one in article.differences
            ]
        )

    assert said[0] == said[1]


def test_the_latest_ruling_comes_first_and_is_new_until_it_is_read(coder, adjudicator):
    for day in range(3):
        at = TUESDAY + timedelta(days=day)
        one = RuledTask(coder, adjudicator, [actor(BRANDT)], [actor(MAYOR)], at=at)
        one.rule("accept", one.others).finish()
    days = [row.assignment.task.adjudicated_at for row in told(coder)]
    assert days == sorted(days, reverse=True)
    assert feedback.news(coder.user) == [(coder.project, 3)]

    actions.mark_read(member=coder, until=days[1], at=timezone.now())

    coder.refresh_from_db()
    assert [row.is_new for row in told(coder)] == [True, False, False]
    assert feedback.news(coder.user) == [(coder.project, 1)]


def test_reading_an_older_page_makes_nothing_new_again(coder):
    actions.mark_read(member=coder, until=TUESDAY, at=TUESDAY)
    actions.mark_read(member=coder, until=MONDAY, at=TUESDAY)
    coder.refresh_from_db()
    assert coder.feedback_seen_at == TUESDAY


def test_nobody_has_read_what_is_yet_to_come(coder):
    actions.mark_read(member=coder, until=TUESDAY + timedelta(days=900), at=TUESDAY)
    coder.refresh_from_db()
    assert coder.feedback_seen_at == TUESDAY


def test_a_week_says_how_many_spans_are_alike(coder, adjudicator):
    batch = BatchFactory(project=coder.project)
    one = RuledTask(
        coder, adjudicator, [actor(BRANDT), VELMORA_TOO], [actor(MAYOR), VELMORA_TOO], batch
    )
    one.rule("accept", one.others).finish()
    two = RuledTask(coder, adjudicator, [], [place(VELMORA)], batch)
    two.rule("accept", two.others).finish()
    agreement.measure(batch=batch, at=TUESDAY)

    (week,) = feedback.weeks(coder, coder.user)

    assert (week["articles"], week["alike"], week["own"], week["gold"]) == (2, 1, 2, 3)
    assert week["strict_f1"] == {"value": 2 * 1 / (2 + 3)}
    assert week["week"] == MONDAY.date()


def test_what_is_told_takes_the_same_queries_for_one_article_and_for_three(
    coder, adjudicator, django_assert_num_queries
):
    def made():
        one = RuledTask(coder, adjudicator, [actor(BRANDT)], [actor(MAYOR)])
        one.rule("accept", one.others, rule="R4.2").finish()

    made()
    with django_assert_num_queries(6):
        assert len(told(coder)) == 1
    made()
    made()
    with django_assert_num_queries(6):
        assert len(told(coder)) == 3


def test_every_decision_that_is_cited_was_made_by_a_person(coder, adjudicator, project):
    project.settings["auto_decide"] = "majority"
    project.save()
    task = TaskFactory(batch=BatchFactory(project=project), coders_wanted=3)
    own = submitted(AssignmentFactory(task=task, coder=coder), [])
    for _ in range(2):
        submitted(AssignmentFactory(task=task), [actor(MAYOR)])
    task.state = TaskState.CODED
    task.save(update_fields=["state"])
    adjudication.open_cards(task=task, at=MONDAY)
    adjudication.finish(task=task, by=adjudicator, at=TUESDAY)

    (article,) = told(coder)

    assert article.assignment == own
    assert Decision.objects.filter(task=task, is_automatic=True).exists()
    assert article.differences[0].rulings == []
