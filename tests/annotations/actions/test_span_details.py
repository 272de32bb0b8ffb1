"""Attributes and links of spans: what a label declares can be kept, and nothing else."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotations.queries.invariants import coding as invariants
from tests.coder import MAYOR, VELMORA, save, statuses, step
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db

CLAIM = (33, 58)


@pytest.fixture
def assignment():
    return AssignmentFactory()


def link(name, target):
    return {"name": name, "target": str(target["span_id"])}


def attribute(name, value):
    return {"name": name, "value": value}


def story(assignment):
    """A claim by the mayor in a place, saved; returns the three steps."""
    mayor, place = step(extent=MAYOR), step(extent=VELMORA, label="location")
    claim = step(
        extent=CLAIM,
        label="claim",
        attributes=[attribute("stance", "opposes")],
        links=[link("speaker", mayor)],
    )
    assert statuses(save(assignment, mayor, place, claim)) == ["applied"] * 3
    return mayor, place, claim


def details(assignment, op):
    span = assignment.spans.get(uuid=op["span_id"])
    return span.attributes, span.links


def test_a_span_carries_what_its_label_declares(assignment):
    mayor, place, claim = story(assignment)

    event = step(
        label="event",
        extent=(46, 58),
        attributes=[attribute("when", "2023-09"), attribute("planned", "no")],
        links=[link("participants", mayor), link("place", place)],
    )
    save(assignment, event)

    assert details(assignment, claim) == (
        [attribute("stance", "opposes")],
        [link("speaker", mayor)],
    )
    assert details(assignment, event) == (event["attributes"], event["links"])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([attribute("tone", "dark")], "unknown_attribute"),
        ([attribute("stance", "undecided")], "not_a_choice"),
        ([attribute("stance", "opposes"), attribute("stance", "supports")], "repeated_attribute"),
    ],
)
def test_an_attribute_that_the_label_does_not_admit_is_refused(assignment, given, code):
    _, _, claim = story(assignment)

    change = step("update", span_id=claim["span_id"], base_rev=1, attributes=given)
    (result,) = save(assignment, change)["results"]

    assert (result["status"], result["error"]["code"]) == ("invalid", code)
    assert details(assignment, claim)[0] == [attribute("stance", "opposes")]


@pytest.mark.parametrize(
    ("given", "code", "sentence"),
    [
        ("when", "not_a_date", "“when” is a date: 2023-09-21, 2023-09 or 2023, not “soon”."),
        ("planned", "not_yes_or_no", "“planned” is “yes” or “no”, not “soon”."),
    ],
)
def test_a_value_of_another_type_is_refused_in_a_sentence(assignment, given, code, sentence):
    op = step(label="event", attributes=[attribute(given, "soon")])

    (result,) = save(assignment, op)["results"]

    assert result["error"] == {"code": code, "detail": sentence}


def test_a_link_goes_to_another_span_of_a_label_that_it_admits(assignment):
    mayor, place, claim = story(assignment)

    def refusal(*links):
        change = step("update", span_id=claim["span_id"], base_rev=1, links=list(links))
        (result,) = save(assignment, change)["results"]
        return result["error"]["code"]

    assert refusal(link("speaker", place)) == "wrong_target"
    assert refusal(link("speaker", claim)) == "links_to_itself"
    assert refusal(link("speaker", {"span_id": uuid.uuid4()})) == "unknown_target"
    assert refusal(link("addressee", mayor)) == "unknown_link"
    assert refusal(link("speaker", mayor), link("speaker", mayor)) == "repeated_link"
    assert details(assignment, claim)[1] == [link("speaker", mayor)]


def test_a_link_goes_to_no_span_of_another_coder(assignment):
    mayor, _, _ = story(AssignmentFactory())

    answer = save(assignment, step(label="claim", links=[link("speaker", mayor)]))

    assert answer["results"][0]["error"]["code"] == "unknown_target"


def test_only_one_span_stands_where_one_is_meant(assignment):
    _, place, _ = story(assignment)
    other = step(extent=(0, 5), label="location")

    event = step(label="event", links=[link("place", place), link("place", other)])
    answer = save(assignment, other, event)

    assert answer["results"][1]["error"]["code"] == "one_target_only"


def test_what_was_there_before_may_stay_under_a_codebook_that_lost_it(assignment):
    _, _, claim = story(assignment)
    uuid_of = claim["span_id"]
    assignment.spans.filter(uuid=uuid_of).update(
        attributes=[attribute("stance", "opposes"), attribute("tone", "dark")]
    )

    both = [attribute("tone", "dark"), attribute("stance", "supports")]
    answer = save(assignment, step("update", span_id=uuid_of, base_rev=1, attributes=both))

    assert statuses(answer) == ["applied"]
    assert details(assignment, claim)[0] == both


def test_deleting_a_span_takes_the_links_to_it_along(assignment):
    mayor, _, claim = story(assignment)

    answer = save(assignment, step("delete", span_id=mayor["span_id"]), since=3)

    assert details(assignment, claim) == ([attribute("stance", "opposes")], [])
    assert answer["doc_rev"] == 5
    gone, loosened = answer["changes"]
    assert (gone["span_id"], gone["span"]) == (str(mayor["span_id"]), None)
    assert (loosened["span"]["links"], loosened["span"]["rev"]) == ([], 2)
    assert list(invariants.spans_are_what_the_log_comes_to()) == []
    assignment.refresh_from_db()
    assert list(invariants.revisions_count_the_applied_ops()) == []


def test_a_deletion_sent_again_loosens_nothing_twice(assignment):
    mayor, _, _ = story(assignment)
    deletion = step("delete", span_id=mayor["span_id"])
    save(assignment, deletion)

    answer = save(assignment, deletion)

    assert (statuses(answer), answer["doc_rev"]) == (["duplicate"], 5)


def test_a_span_that_gets_another_label_loses_the_links_that_do_not_admit_it(assignment):
    mayor, _, claim = story(assignment)

    change = step("update", span_id=mayor["span_id"], base_rev=1, label="location")
    save(assignment, change)

    assert details(assignment, claim)[1] == []
    assert list(invariants.spans_are_what_the_log_comes_to()) == []


def test_a_new_label_keeps_only_what_it_declares_too(assignment):
    _, _, claim = story(assignment)

    change = step("update", span_id=claim["span_id"], base_rev=1, label="event")
    (result,) = save(assignment, change)["results"]

    assert details(assignment, claim) == ([], [])
    assert (result["span"]["label"], result["span"]["attributes"]) == ("event", [])


def test_a_moved_span_keeps_its_details(assignment):
    _, _, claim = story(assignment)

    move = step("update", (33, 40), span_id=claim["span_id"], base_rev=1, label="claim")
    save(assignment, move)

    assert details(assignment, claim) == (claim["attributes"], claim["links"])


def test_a_refused_change_leaves_the_label_as_it_was(assignment):
    _, _, claim = story(assignment)
    uuid_of = claim["span_id"]
    bad = step(
        "update",
        span_id=uuid_of,
        base_rev=1,
        label="event",
        attributes=[
            attribute("stance", "opposes"),
        ],
    )
    note = step("note", span_id=uuid_of, base_rev=1, note="whose?")

    assert statuses(save(assignment, bad, note)) == ["invalid", "applied"]

    span = assignment.spans.get(uuid=uuid_of)
    assert (span.label.key, span.note) == ("claim", "whose?")


def test_checking_details_costs_no_query_for_each_span(assignment):
    mayor, _, _ = story(assignment)

    def claims(number):
        return [
            step(label="claim", extent=(33, 34 + n), links=[link("speaker", mayor)])
            for n in range(number)
        ]

    def queries(number):
        with CaptureQueriesContext(connection) as seen:
            save(assignment, *claims(number))
        return len(seen)

    assert queries(1) == queries(9)
