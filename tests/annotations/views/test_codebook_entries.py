"""The form on a card that makes an example or a rule of its ruling, and a rule's rulings."""

import pytest

from annotations.actions import codebook
from annotations.enums import CardKind, Role
from annotations.queries import codebook_draft
from tests.annotations.actions.disputes import BRANDT, MAYOR, actor, only_card, rule
from tests.factories import (
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)
from tests.stories import adjudicator_of, coded_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def task():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    return coded_task([actor(MAYOR)], [actor(BRANDT)], batch=BatchFactory(project=project))


@pytest.fixture
def desk(client, task):
    client.force_login(adjudicator_of(task))
    return client


def ruled(task, outcome="edit", **said):
    spans = {"spans": [actor(MAYOR)]} if outcome == "edit" else {}
    return rule(task, only_card(task, CardKind.BOUNDARY), outcome, **spans, **said)


def form_of(desk, card):
    return desk.get(f"/tasks/{card.task.uuid}/cards/{card.card_id}/codebook/")


def send(desk, card, **said):
    form = form_of(desk, card).context["form"]
    data = {**form.initial, **said}
    return desk.post(f"/tasks/{card.task.uuid}/cards/{card.card_id}/codebook/", data)


def draft(task):
    return codebook_draft.latest(task.batch.project).content


def publish(task, *rules):
    project = task.batch.project
    codebook.publish(
        project=project,
        labels=[{"key": "actor"}],
        rules=[{"id": number, "text": "Titles."} for number in rules],
        by=None,
        at=TUESDAY,
    )


def test_the_form_begins_with_the_ruling_in_its_sentence(desk, task):
    form = form_of(desk, ruled(task, note="Titles count.")).context["form"]

    assert form.initial == {
        "kind": "example",
        "label": "actor",
        "example": "[Mayor Ada Brandt] said in Velmora that the talks had failed.",
        "number": "R1",
        "text": "Titles count.",
        "note": "Titles count.",
    }


def test_a_rejection_begins_as_an_example_of_what_is_not_tagged(desk, task):
    form = form_of(desk, ruled(task, "reject")).context["form"]

    assert (form.initial["kind"], form.initial["label"]) == ("not", "actor")


def test_what_cant_be_decided_begins_as_a_rule_beside_the_one_cited(desk, task):
    publish(task, "R4", "R4.1")

    form = form_of(desk, ruled(task, "unclear", rule="R4")).context["form"]

    assert (form.initial["kind"], form.initial["number"]) == ("rule", "R4.2")


def test_what_is_sent_is_in_the_draft_and_the_form_then_says_so(desk, task):
    card = ruled(task)

    answer = send(desk, card, kind="not", note="A title alone.")

    assert answer.status_code == 200
    assert "The example is in the codebook’s draft." in answer.content.decode()
    assert draft(task)["labels"][0]["examples"] == [
        {
            "text": "[Mayor Ada Brandt] said in Velmora that the talks had failed.",
            "note": "A title alone.",
            "not": True,
        }
    ]
    assert "has made an example of it" in form_of(desk, card).content.decode()


def test_a_rule_is_sent_with_its_number(desk, task):
    answer = send(desk, ruled(task), kind="rule", number="R7", text="Titles count.")

    assert "Rule R7 is in the codebook’s draft." in answer.content.decode()
    assert draft(task)["rules"] == [{"id": "R7", "text": "Titles count."}]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"example": "  "}, "example"),
        ({"example": "[a] || b"}, "example"),
        ({"example": "✗ [a]"}, "example"),
        ({"label": "nobody"}, "label"),
        ({"kind": "rule", "number": ""}, "number"),
        ({"kind": "rule", "text": ""}, "text"),
        ({"kind": "song"}, "kind"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(desk, task, said, field):
    answer = send(desk, ruled(task, note="Titles count."), **said)

    assert list(answer.context["form"].errors) == [field]
    assert draft(task)["rules"] == draft(task)["labels"][0]["examples"] == []


def test_a_number_that_is_taken_is_said_beside_its_field(desk, task):
    publish(task, "R4")

    answer = send(desk, ruled(task), kind="rule", number="R4", text="Again.")

    assert answer.context["form"].errors["number"] == ["There is a rule with this number already."]


def test_a_place_without_a_ruling_has_nothing_to_give(desk, task):
    card = task.cards.get(kind=CardKind.BOUNDARY)

    assert "Nobody has ruled on this place yet." in form_of(desk, card).content.decode()


def test_only_an_admin_is_led_to_the_draft(desk, client, task):
    card = ruled(task)
    assert "/codebook/draft/" not in send(desk, card).content.decode()

    both = MemberFactory(project=task.batch.project, roles=[Role.ADMIN, Role.ADJUDICATOR])
    client.force_login(both.user)
    assert "/codebook/draft/" in send(client, card, kind="not", example="[b]").content.decode()


def read(client, task, role, rule="R4"):
    client.force_login(MemberFactory(project=task.batch.project, roles=role).user)
    return client.get(f"/projects/{task.batch.project.slug}/codebook/rulings/?rule={rule}")


def test_a_rule_leads_to_the_rulings_that_cite_it_and_to_those_that_it_was_made_of(client, task):
    publish(task, "R4", "R5")
    card = ruled(task, rule="R4", note="Titles count.")
    client.force_login(adjudicator_of(task))
    send(client, card, kind="rule", number="R4.1", text="Ranks, too.")
    publish(task, "R4", "R4.1", "R5")

    for number in ("R4", "R4.1"):
        page = read(client, task, [Role.ADJUDICATOR], number).content.decode()
        assert "<mark>Mayor Ada Brandt</mark> said in Velmora" in page
        assert "Titles count." in page
        assert f"/tasks/{task.uuid}/?card={card.card_id}" in page
    assert "No ruling" in read(client, task, [Role.ADMIN], "R5").content.decode()
    assert read(client, task, [Role.ADMIN], "R6").status_code == 404


def test_the_codebook_counts_the_rulings_that_cite_a_rule(client, task):
    publish(task, "R4", "R5")
    ruled(task, rule="R4")

    def counts(*roles):
        client.force_login(MemberFactory(project=task.batch.project, roles=roles).user)
        page = client.get(f"/projects/{task.batch.project.slug}/codebook/")
        return [rule.get("cited") for rule in page.context["rules"]]

    assert counts(Role.ADJUDICATOR) == counts(Role.ADMIN) == [1, 0]
    assert counts(Role.CODER) == counts(Role.RESEARCHER) == [None, None]


def test_who_still_codes_in_a_batch_learns_of_no_ruling_in_it(client, task):
    publish(task, "R4")
    ruled(task, rule="R4")
    admin = MemberFactory(project=task.batch.project, roles=[Role.ADMIN, Role.CODER])
    AssignmentFactory(task=TaskFactory(batch=task.batch), coder=admin, state="released")
    client.force_login(admin.user)
    address = f"/projects/{task.batch.project.slug}/codebook/"
    assert client.get(address).context["rules"][0]["cited"] == 1

    admin.assignments.update(state="assigned")

    assert client.get(address).context["rules"][0]["cited"] == 0
    assert "No ruling" in client.get(f"{address}rulings/?rule=R4").content.decode()


def test_a_superseded_ruling_is_no_longer_listed(client, task):
    publish(task, "R4")
    ruled(task, rule="R4")
    ruled(task, "reject")

    assert read(client, task, [Role.ADMIN]).context["page"].paginator.count == 0


def test_the_list_of_rulings_asks_no_more_for_more_of_them(
    client, task, django_assert_num_queries
):
    publish(task, "R4")
    reader = MemberFactory(project=task.batch.project, roles=[Role.ADJUDICATOR])
    client.force_login(reader.user)
    address = f"/projects/{task.batch.project.slug}/codebook/rulings/?rule=R4"
    ruled(task, rule="R4")
    client.get(address)
    for _ in range(2):
        with django_assert_num_queries(9):
            client.get(address)
        more = coded_task([actor(MAYOR)], [actor(BRANDT)], batch=task.batch)
        ruled(more, rule="R4")


def test_todays_rules_can_be_cited_on_work_of_an_earlier_version(desk, task):
    publish(task, "R4")

    page = desk.get(f"/tasks/{task.uuid}/")

    assert [rule["id"] for rule in page.context["rules"]] == ["R4"]
