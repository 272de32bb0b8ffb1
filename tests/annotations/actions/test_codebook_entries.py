"""What a ruling becomes in the codebook's draft."""

import pytest
from django.db import DatabaseError, transaction

from annotations.actions import codebook_draft as actions
from annotations.actions.guards import Archived
from annotations.enums import CardKind, Role
from annotations.exceptions import Forbidden
from annotations.models import CodebookEntry
from annotations.queries import codebook, codebook_draft
from tests.annotations.actions.disputes import BRANDT, MAYOR, actor, only_card, rule
from tests.factories import TUESDAY, BatchFactory, CodebookFactory, MemberFactory, ProjectFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    task = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=BatchFactory(project=project))
    card = rule(task, only_card(task, CardKind.BOUNDARY), "reject", note="Titles count.")
    return card.decision


@pytest.fixture
def adjudicator(decision):
    return adjudicator_of(decision.task)


def add_example(decision, by, **said):
    said = {"label": "actor", "text": "[Ada Brandt] said", "note": "No title.", **said}
    return actions.add_example(origin=decision, by=by, at=TUESDAY, **said)


def add_rule(decision, by, number="R1", text="Titles count."):
    return actions.add_rule(origin=decision, number=number, text=text, by=by, at=TUESDAY)


def draft(decision):
    return codebook_draft.latest(decision.task.batch.project).content


def test_an_example_goes_to_the_draft_and_to_nothing_that_is_published(decision, adjudicator):
    project = decision.task.batch.project
    before = codebook.as_contract(codebook.current(project))

    entry = add_example(decision, adjudicator)
    add_example(decision, adjudicator, text="Ada [Brandt] said", note="", is_not=True)

    assert draft(decision)["labels"][0]["examples"] == [
        {"text": "[Ada Brandt] said", "note": "No title."},
        {"text": "Ada [Brandt] said", "not": True},
    ]
    assert codebook.as_contract(codebook.current(project)) == before
    assert (entry.label_key, entry.rule, entry.decision) == ("actor", "", decision)


def test_a_rule_goes_to_the_draft_beside_what_others_put_there(decision, adjudicator):
    add_rule(decision, adjudicator)
    entry = add_rule(decision, adjudicator, "R1.1", "Ranks, too.")

    assert draft(decision)["rules"] == [
        {"id": "R1", "text": "Titles count."},
        {"id": "R1.1", "text": "Ranks, too."},
    ]
    assert (entry.label_key, entry.rule, entry.made_by) == ("", "R1.1", adjudicator)


def test_the_draft_keeps_what_its_editor_said_of_the_change(decision, adjudicator):
    project = decision.task.batch.project
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user
    seen = codebook_draft.latest(project)
    actions.save(
        project=project,
        seen=seen,
        labels=seen.content["labels"],
        rules=[],
        change="meaning",
        note="Names.",
        by=admin,
        at=TUESDAY,
    )

    add_example(decision, adjudicator)

    kept = codebook_draft.latest(project).draft
    assert (kept.change, kept.note, kept.saved_by) == ("meaning", "Names.", adjudicator)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"label": "nobody"}, "label"),
        ({"text": "[Known]"}, "text"),
        ({"label": "event"}, "label"),
    ],
)
def test_an_example_that_has_no_place_is_refused(decision, adjudicator, said, field):
    project = decision.task.batch.project
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user
    seen = codebook_draft.latest(project)
    labels = [
        {**one, "retired": one["key"] == "event", "examples": ["[Known]"]}
        for one in seen.content["labels"]
    ]
    said_of_it = {"rules": [], "change": "minor", "note": "", "by": admin, "at": TUESDAY}
    actions.save(project=project, seen=seen, labels=labels, **said_of_it)

    with pytest.raises(actions.CannotAdd) as refusal:
        add_example(decision, adjudicator, **said)

    assert [error["field"] for error in refusal.value.errors] == [field]
    assert not CodebookEntry.objects.exists()


def test_a_label_has_no_more_examples_than_its_form_shows(decision, adjudicator, monkeypatch):
    monkeypatch.setattr(actions, "MOST_EXAMPLES", 1)
    add_example(decision, adjudicator)

    with pytest.raises(actions.CannotAdd, match="at most"):
        add_example(decision, adjudicator, text="[Another]")


def test_a_number_is_given_to_one_rule_only(decision, adjudicator):
    add_rule(decision, adjudicator)

    with pytest.raises(actions.CannotAdd, match="already"):
        add_rule(decision, adjudicator, text="Another.")


@pytest.mark.parametrize("role", [Role.CODER, Role.RESEARCHER])
def test_who_neither_runs_the_project_nor_rules_proposes_nothing(decision, role):
    person = MemberFactory(project=decision.task.batch.project, roles=[role]).user

    with pytest.raises(Forbidden):
        add_example(decision, person)
    with pytest.raises(Forbidden):
        add_rule(decision, person)


def test_nothing_is_proposed_in_an_archived_project(decision, adjudicator):
    project = decision.task.batch.project
    project.archived_at = TUESDAY
    project.save()

    with pytest.raises(Archived):
        add_rule(decision, adjudicator)


def test_what_was_made_of_a_ruling_never_changes(decision, adjudicator):
    entry = add_rule(decision, adjudicator)

    with pytest.raises(DatabaseError, match="codebook_entry"), transaction.atomic():
        CodebookEntry.objects.filter(pk=entry.pk).update(rule="R9")
