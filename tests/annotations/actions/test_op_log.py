import uuid

import pytest

from annotations.enums import AssignmentState, Change, OpStatus
from annotations.models import Assignment, CodebookVersion, LabelDefinition
from tests.coder import VELMORA, save, statuses, step, written
from tests.factories import (
    MONDAY,
    TEXT,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


def test_a_new_span_is_stored_with_the_words_it_covers():
    assignment = AssignmentFactory()
    op = step(extent=VELMORA, label="location", quote="Velmora", note="the capital")

    answer = save(assignment, op)

    span = answer["results"][0]["span"]
    assert answer["doc_rev"] == 1
    assert span == {
        "id": str(op["span_id"]),
        "rev": 1,
        "start": 25,
        "end": 32,
        "label": "location",
        "quote": "Velmora",
        "attributes": [],
        "links": [],
        "note": "the capital",
    }
    assert answer["changes"] == [
        {"rev": 1, "span_id": span["id"], "span": span, "client_id": "desk"}
    ]
    assert written(assignment) == [("location", "Velmora", 1)]


def test_the_first_step_starts_coding():
    assignment = AssignmentFactory()

    save(assignment, step())

    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.CODING
    assert (assignment.started_at, assignment.saved_at) == (TUESDAY, TUESDAY)
    assert (assignment.doc_rev, assignment.span_count) == (1, 1)


def test_a_step_sent_again_is_answered_as_the_first_time_and_not_redone():
    assignment = AssignmentFactory()
    op = step()
    first = save(assignment, op)

    again = save(assignment, op, since=first["doc_rev"])

    assert again["doc_rev"] == 1
    assert again["changes"] == []
    assert again["results"] == [{**first["results"][0], "status": "duplicate", "first": "applied"}]
    assert assignment.ops.count() == 1


def test_a_step_sent_twice_in_one_request_is_done_once():
    assignment = AssignmentFactory()
    op = step()

    assert statuses(save(assignment, op, op)) == ["applied", "duplicate"]

    assert written(assignment) == [("actor", "Mayor Ada Brandt", 1)]


def test_a_refused_step_sent_again_tells_that_it_was_refused():
    assignment = AssignmentFactory()
    op = step(quote="Somebody else")
    save(assignment, op)

    (result,) = save(assignment, op)["results"]

    assert (result["status"], result["first"]) == ("duplicate", "invalid")
    assert result["error"]["code"] == "quote_differs"


def test_spans_may_nest_cross_and_repeat():
    assignment = AssignmentFactory()

    answer = save(
        assignment,
        step(extent=(0, 16)),
        step(extent=(6, 16)),
        step(extent=(10, 32)),
        step(extent=(0, 16), label="claim"),
        step(extent=(0, 16)),
    )

    assert statuses(answer) == ["applied"] * 5
    assert assignment.spans.count() == 5


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"extent": (0, len(TEXT) + 1)}, "outside_text"),
        ({"extent": (5, 5)}, "outside_text"),
        ({"extent": (-1, 5)}, "outside_text"),
        ({"extent": VELMORA, "quote": "velmora"}, "quote_differs"),
        ({"label": None}, "no_label"),
        ({"span_id": None}, "no_span"),
        ({"links": [{"name": "speaker", "target": str(uuid.uuid4())}]}, "unknown_target"),
    ],
)
def test_a_step_that_breaks_a_rule_is_invalid_and_changes_nothing(details, code):
    assignment = AssignmentFactory()

    answer = save(assignment, step(**details))

    assert statuses(answer) == ["invalid"]
    assert answer["results"][0]["error"]["code"] == code
    assert answer["doc_rev"] == 0
    assert written(assignment) == []


def test_an_invalid_step_does_not_hold_up_the_others():
    assignment = AssignmentFactory()

    answer = save(assignment, step(quote="no"), step(extent=VELMORA))

    assert statuses(answer) == ["invalid", "applied"]
    assert written(assignment) == [("actor", "Velmora", 1)]


def test_a_span_wholly_in_site_furniture_is_refused():
    article = ArticleFactory(zones=[{"start": 20, "end": 40, "kind": "boilerplate"}])
    assignment = AssignmentFactory(
        task=TaskFactory(article=article, batch=BatchFactory(project=article.project))
    )

    answer = save(assignment, step(extent=VELMORA), step(extent=(0, 32)))

    assert statuses(answer) == ["invalid", "applied"]
    assert answer["results"][0]["error"]["code"] == "in_boilerplate"


def test_a_retired_label_is_refused_but_a_span_may_keep_it():
    assignment = AssignmentFactory()
    create = step()
    save(assignment, create)
    project = assignment.task.batch.project
    later = CodebookVersion.objects.create(
        project=project, number=2, change=Change.MINOR, published_at=MONDAY
    )
    for definition in assignment.codebook.definitions.all():
        definition.pk, definition.codebook, definition.is_retired = None, later, True
        definition.save(force_insert=True)
    Assignment.objects.filter(pk=assignment.pk).update(codebook=later)

    move = step("update", VELMORA, span_id=create["span_id"], base_rev=1, label="actor")
    answer = save(assignment, step(), move)

    assert LabelDefinition.objects.filter(codebook=later, is_retired=False).count() == 0
    assert statuses(answer) == ["invalid", "applied"]
    assert written(assignment) == [("actor", "Velmora", 2)]


def test_an_update_changes_what_it_names_and_raises_the_revision():
    assignment = AssignmentFactory()
    create = step(note="sure?")
    save(assignment, create)

    save(assignment, step("update", span_id=create["span_id"], base_rev=1, label="location"))
    save(assignment, step("update", VELMORA, span_id=create["span_id"], base_rev=2))

    assert written(assignment) == [("location", "Velmora", 3)]
    assert assignment.spans.get().note == "sure?"


def test_an_update_of_an_outdated_span_is_a_conflict_and_tells_the_span_as_it_is():
    assignment = AssignmentFactory()
    create = step()
    uuid_of = create["span_id"]
    save(assignment, create, step("update", span_id=uuid_of, base_rev=1, label="location"))

    stale = step("update", span_id=uuid_of, base_rev=1, label="event")
    follow_up = step("update", span_id=uuid_of, base_rev=2, label="claim")
    answer = save(assignment, stale, follow_up)

    assert statuses(answer) == ["conflict", "conflict"]
    assert answer["results"][0]["span"]["label"] == "location"
    assert written(assignment) == [("location", "Mayor Ada Brandt", 2)]


def test_a_deleted_span_is_gone_for_good():
    assignment = AssignmentFactory()
    create = step()
    save(assignment, create)

    outdated = step("delete", span_id=create["span_id"], base_rev=0)
    late = step("update", span_id=create["span_id"], base_rev=1, label="event")
    revival = step(span_id=create["span_id"])
    answer = save(assignment, outdated, late, revival, since=1)

    assert statuses(answer) == ["applied", "gone", "gone"]
    assert answer["changes"] == [
        {"rev": 2, "span_id": str(create["span_id"]), "span": None, "client_id": "desk"}
    ]
    assert written(assignment) == []


def test_a_span_made_and_changed_in_one_request_is_stored_as_it_ended():
    assignment = AssignmentFactory()
    create = step()
    gone = step(extent=VELMORA)

    save(
        assignment,
        create,
        gone,
        step("note", span_id=create["span_id"], base_rev=1, note="title included?"),
        step("delete", span_id=gone["span_id"]),
    )

    assert written(assignment) == [("actor", "Mayor Ada Brandt", 2)]
    assert assignment.spans.get().note == "title included?"


def test_a_link_may_point_to_a_span_made_in_the_same_request():
    assignment = AssignmentFactory()
    speaker = step()
    link = {"name": "speaker", "target": str(speaker["span_id"])}

    answer = save(assignment, speaker, step(extent=VELMORA, label="claim", links=[link]))

    assert statuses(answer) == ["applied", "applied"]
    assert assignment.spans.get(label__key="claim").links == [link]


def test_a_flag_is_raised_and_taken_away():
    assignment = AssignmentFactory()

    save(assignment, step("flag", reason="unsure", note="two mayors?"))
    assignment.refresh_from_db()
    assert assignment.flag == "unsure: two mayors?"

    save(assignment, step("flag", reason=""))
    assignment.refresh_from_db()
    assert assignment.flag == ""
    assert assignment.doc_rev == 2


def test_changes_tell_each_span_once_as_it_is_now():
    assignment = AssignmentFactory()
    create = step()
    save(assignment, create)
    save(
        assignment,
        step("update", span_id=create["span_id"], base_rev=1, label="event"),
        client_id="tablet",
    )

    (change,) = save(assignment, client_id="desk", since=0)["changes"]

    assert (change["rev"], change["client_id"]) == (2, "tablet")
    assert (change["span"]["label"], change["span"]["rev"]) == ("event", 2)


def test_the_log_and_the_spans_tell_the_same_story():
    assignment = AssignmentFactory()
    create = step()
    save(assignment, create, step(extent=VELMORA))
    save(assignment, step("update", span_id=create["span_id"], base_rev=1, label="event"))
    save(assignment, step("delete", span_id=create["span_id"]), step(quote="wrong"))

    log = list(assignment.ops.order_by("pk").values_list("type", "status", "rev"))
    assert log == [
        ("create", OpStatus.APPLIED, 1),
        ("create", OpStatus.APPLIED, 2),
        ("update", OpStatus.APPLIED, 3),
        ("delete", OpStatus.APPLIED, 4),
        ("create", OpStatus.INVALID, None),
    ]
    assert written(assignment) == [("actor", "Velmora", 1)]
