"""The draft of the next codebook version, and two people who edit it at once."""

import pytest
from django.db import DatabaseError

from annotations.actions import codebook as published
from annotations.actions import codebook_draft as actions
from annotations.enums import Change, Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent
from annotations.queries import codebook, codebook_draft
from tests.factories import MONDAY, TUESDAY, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def edit(admin, step=actions.save, seen=None, rules=(), **fields):
    """Change fields of the label “actor” in what is ``seen``, by default the latest."""
    seen = seen or codebook_draft.latest(admin.project)
    labels = [
        {**label, **fields} if label["key"] == "actor" else label
        for label in seen.content["labels"]
    ]
    return step(
        project=admin.project,
        seen=seen,
        labels=labels,
        rules=list(rules),
        change=Change.MINOR,
        note="",
        by=admin.user,
        at=TUESDAY,
    )


def actor(admin):
    return codebook_draft.latest(admin.project).content["labels"][0]


def test_a_draft_changes_nothing_that_is_published(admin):
    before = codebook.as_contract(codebook.current(admin.project))

    edit(admin, name="Person")

    assert actor(admin)["name"] == "Person"
    assert codebook.as_contract(codebook.current(admin.project)) == before
    assert AuditEvent.objects.latest("pk").kind == "codebook.drafted"


def test_what_two_people_change_at_once_is_all_kept(admin):
    seen = codebook_draft.latest(admin.project)
    edit(admin, seen=seen, name="Person")

    edit(admin, seen=seen, definition="Who acts.")

    assert (actor(admin)["name"], actor(admin)["definition"]) == ("Person", "Who acts.")


def test_publishing_over_what_somebody_saved_meanwhile_publishes_nothing(admin):
    seen = codebook_draft.latest(admin.project)
    edit(admin, seen=seen, name="Person")

    done = edit(admin, step=actions.publish, seen=seen, definition="Who acts.")

    assert done is None
    assert codebook.current(admin.project).number == 1
    assert (actor(admin)["name"], actor(admin)["definition"]) == ("Person", "Who acts.")


def test_what_is_published_by_other_ways_becomes_part_of_the_draft(admin):
    edit(admin, name="Person")
    labels = codebook.as_contract(codebook.current(admin.project))["labels"]
    labels[0] = {**labels[0], "definition": "Who acts."}
    published.publish(
        project=admin.project, labels=[*labels, {"key": "date"}], by=admin.user, at=MONDAY
    )

    edition = codebook_draft.latest(admin.project)

    assert edition.has_caught_up
    assert (actor(admin)["name"], actor(admin)["definition"]) == ("Person", "Who acts.")
    assert edition.content["labels"][-1]["key"] == "date"
    version = edit(admin, step=actions.publish)
    assert [one.name for one in codebook.definitions(version)][0::4] == ["Person", "date"]
    assert codebook_draft.latest(admin.project).draft is None


def test_labels_that_are_left_out_become_retired(admin):
    seen = codebook_draft.latest(admin.project)
    actions.save(
        project=admin.project,
        seen=seen,
        labels=[{"key": "actor"}],
        rules=[],
        change=Change.MEANING,
        note="",
        by=admin.user,
        at=TUESDAY,
    )

    labels = codebook_draft.latest(admin.project).content["labels"]
    assert [label["retired"] for label in labels] == [False, True, True, True]


def test_a_discarded_draft_is_gone_and_told_of_once(admin):
    edit(admin, name="Person")

    for _ in range(2):
        actions.discard(project=admin.project, by=admin.user, at=TUESDAY)

    assert actor(admin)["name"] == "Actor"
    kinds = list(AuditEvent.objects.values_list("kind", flat=True))
    assert kinds.count("codebook.draft_discarded") == 1


@pytest.mark.parametrize("step", [actions.save, actions.publish])
def test_rules_of_one_number_are_refused_whoever_saved_meanwhile(admin, step):
    seen = codebook_draft.latest(admin.project)
    edit(admin, name="Person")
    twins = [{"id": "R1", "text": "a"}, {"id": "R1", "text": "b"}]

    with pytest.raises(published.CannotPublish) as refusal:
        edit(admin, step=step, seen=seen, rules=twins)

    assert [error["field"] for error in refusal.value.errors] == ["rules.0.id", "rules.1.id"]


def test_only_an_admin_drafts(admin):
    coder = MemberFactory(project=admin.project)
    for step in (actions.save, actions.publish):
        with pytest.raises(Forbidden):
            edit(coder, step=step, name="Mine")
    with pytest.raises(Forbidden):
        actions.discard(project=admin.project, by=coder.user, at=TUESDAY)


def test_what_was_saved_never_changes(admin, as_application):
    draft = edit(admin, name="Person")

    with pytest.raises(DatabaseError, match="saved_draft_never_changes"), as_application():
        type(draft).objects.filter(pk=draft.pk).update(note="other")
