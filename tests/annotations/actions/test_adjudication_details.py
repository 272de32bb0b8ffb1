from uuid import uuid4

import pytest

from annotations.exceptions import Invalid
from annotations.models import Gold
from tests.annotations.actions.disputes import (
    BRANDT,
    MAYOR,
    TALKS,
    VELMORA,
    actor,
    finish,
    name_of,
    only_card,
    place,
    rule,
    shown,
    span,
)
from tests.factories import BatchFactory, CodebookFactory, ProjectFactory
from tests.stories import coded_task, resubmit

pytestmark = pytest.mark.django_db


def claim(extent, *speakers, **values):
    """A claim with these attributes, linked to its speakers."""
    return span(
        "claim",
        extent,
        attributes=[{"name": name, "value": value} for name, value in values.items()],
        links=[{"name": "speaker", "target": speaker} for speaker in speakers],
    )


@pytest.fixture
def batch():
    """A batch whose claims must say a stance."""
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project, labels__required=["stance"])
    return BatchFactory(project=project)


def test_a_ruling_may_join_attributes_and_links_as_no_coder_did(batch):
    mayor, brandt = str(uuid4()), str(uuid4())
    task = coded_task(
        [actor(MAYOR, id=mayor), claim(TALKS, mayor, stance="supports", words="yes")],
        [actor(BRANDT, id=brandt), claim(TALKS, brandt, stance="opposes", words="no")],
        batch=batch,
    )
    people = only_card(task, "boundary")
    card = only_card(task, "attribute")
    joined = claim(TALKS, brandt, stance="supports", words="no")

    ruled = rule(task, card, "edit", spans=[joined])
    rule(task, people, "accept", coder=name_of(people, BRANDT))
    finish(task)

    seen = [rows[0]["attributes"][0]["value"] for rows in ruled.decision.candidates.values()]
    assert sorted(seen) == ["opposes", "supports"]
    who, what = Gold.objects.get().spans
    assert what["attributes"] == joined["attributes"]
    assert what["links"] == [{"name": "speaker", "target": who["id"]}]


def test_a_ruling_can_be_repeated_before_what_it_links_to_is_ruled_on(batch):
    mayor = str(uuid4())
    task = coded_task(
        [actor(MAYOR, id=mayor), claim(TALKS, mayor, stance="supports")],
        [actor(BRANDT), claim(TALKS, stance="opposes")],
        batch=batch,
    )
    card = only_card(task, "attribute")
    rule(task, card, "edit", spans=[claim(TALKS, mayor, stance="opposes")])
    (first,) = only_card(task, "attribute")["decision"]["spans"]
    rule(task, card, "reject")

    rule(task, card, "edit", spans=[first])

    assert len(first["links"]) == 1
    assert only_card(task, "attribute")["decision"]["spans"] == [first]


@pytest.mark.parametrize("given", [{}, {"words": "yes"}])
def test_an_edit_without_what_its_label_requires_is_refused_in_a_sentence(batch, given):
    task = coded_task(
        [claim(TALKS, stance="supports")],
        [claim(TALKS, stance="opposes")],
        batch=batch,
    )

    with pytest.raises(Invalid) as refusal:
        rule(task, only_card(task, "attribute"), "edit", spans=[claim(TALKS, **given)])

    assert refusal.value.errors[-1] == {
        "field": "spans.0.attributes",
        "code": "required_attribute",
        "detail": "The label “Claim” requires “stance”.",
    }


def test_an_edit_may_lack_what_a_coder_lacks(batch):
    task = coded_task([claim(TALKS, stance="supports")], [claim(TALKS)], batch=batch)

    rule(task, only_card(task, "attribute"), "edit", spans=[claim(TALKS)])

    assert [row["attributes"] for row in shown(task)["gold"]] == [[]]


def test_what_was_ruled_can_be_confirmed_when_no_coder_lacks_it_any_more(batch):
    task = coded_task([claim(TALKS)], [], batch=batch)
    card = only_card(task, "missing")
    rule(task, card, "edit", spans=[claim(TALKS)])
    resubmit(task, name_of(card, TALKS), [claim(TALKS, stance="supports")])
    stale = only_card(task, "missing")

    rule(task, stale, "edit", spans=stale["decision"]["spans"])

    confirmed = only_card(task, "missing")["decision"]
    assert (stale["decision"]["stale"], confirmed["stale"]) == (True, False)


@pytest.mark.parametrize(
    "changed",
    [{"stance": "opposes", "linked": True}, {"stance": "supports", "linked": False}],
    ids=["attribute", "link"],
)
def test_a_changed_attribute_or_link_makes_no_other_ruling_stale(batch, changed):
    mayor = str(uuid4())

    def work(stance, linked):
        speakers = [mayor] if linked else []
        return [actor(MAYOR, id=mayor), place(VELMORA), claim(TALKS, *speakers, stance=stance)]

    task = coded_task(
        work("supports", linked=True),
        [actor(BRANDT), claim(TALKS, stance="opposes", words="no")],
        batch=batch,
    )
    for card in shown(task)["cards"]:
        rule(task, card, "accept", coder="A")

    resubmit(task, name_of(only_card(task, "missing"), VELMORA), work(**changed))

    stale = {card["kind"]: card["decision"]["stale"] for card in shown(task)["cards"]}
    assert stale == {"boundary": False, "missing": False, "attribute": True}
