import threading
import uuid

import pytest
from django.db import connection

from annotations.actions import coding
from annotations.enums import AssignmentState, Change, OpStatus, Role, TaskState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import (
    Assignment,
    AuditEvent,
    CodebookVersion,
    LabelDefinition,
    RecoveredDraft,
    Submission,
    Task,
)
from tests.factories import (
    MONDAY,
    TEXT,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MAYOR = (0, 16)  # "Mayor Ada Brandt"
VELMORA = (25, 32)


def step(type="create", extent=None, **details):
    op = {"op_id": uuid.uuid4(), "seq": 1, "type": type, **details}
    if type != "flag":
        op.setdefault("span_id", uuid.uuid4())
    if type == "create":
        op.setdefault("label", "actor")
        extent = extent or MAYOR
    if extent:
        op["start"], op["end"] = extent
    return op


def save(assignment, *ops, **details):
    """Send ``ops`` as the assignment's coder does."""
    given = {
        "by": assignment.coder.user,
        "at": TUESDAY,
        "client_id": "desk",
        "since": 0,
        "text_sha256": assignment.task.article.text_sha256,
        "codebook_version": 1,
    }
    return coding.apply_ops(assignment=assignment, ops=list(ops), **{**given, **details})


def statuses(answer):
    return [result["status"] for result in answer["results"]]


def hand_in(assignment, **details):
    assignment.refresh_from_db()
    given = {
        "by": assignment.coder.user,
        "at": TUESDAY,
        "submission_id": uuid.uuid4(),
        "doc_rev": assignment.doc_rev,
    }
    return coding.submit(assignment=assignment, **{**given, **details})


def written(assignment):
    rows = assignment.spans.select_related("label").in_reading_order()
    return [(row.label.key, row.quote, row.rev) for row in rows]


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


def test_late_steps_are_refused_but_kept_as_a_draft_once():
    assignment = AssignmentFactory()
    known = step()
    save(assignment, known)
    hand_in(assignment)
    late = step(extent=VELMORA)

    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            save(assignment, late)

    assert (refusal.value.status, refusal.value.code) == (409, "already_submitted")
    draft = RecoveredDraft.objects.get()
    assert (draft.assignment, draft.reason) == (assignment, "already_submitted")
    assert [op["op_id"] for op in draft.ops] == [str(late["op_id"])]
    assert statuses(save(assignment, known)) == ["duplicate"]
    assert written(assignment) == [("actor", "Mayor Ada Brandt", 1)]


def test_steps_on_work_taken_away_are_kept_as_a_draft():
    assignment = AssignmentFactory()
    coding.release(assignment=assignment, by=assignment.coder.user, at=TUESDAY)

    with pytest.raises(Refused) as refusal:
        save(assignment, step())

    assert refusal.value.code == "released"
    assert RecoveredDraft.objects.get().reason == "released"


@pytest.mark.parametrize(
    ("details", "op", "code"),
    [
        ({"text_sha256": "0" * 64}, {}, "text_changed"),
        ({}, {"label": "weather"}, "codebook_changed"),
    ],
)
def test_steps_made_on_another_text_or_codebook_are_refused_and_kept(details, op, code):
    assignment = AssignmentFactory()

    with pytest.raises(Refused) as refusal:
        save(assignment, step(**op), **details)

    assert (refusal.value.status, refusal.value.code) == (409, code)
    assert RecoveredDraft.objects.get().reason == code
    assert not assignment.ops.exists()


def test_nobody_codes_somebody_elses_work():
    assignment = AssignmentFactory()
    other = MemberFactory(project=assignment.task.batch.project)

    with pytest.raises(Forbidden):
        save(assignment, step(), by=other.user)
    with pytest.raises(Forbidden):
        hand_in(assignment, by=other.user)

    assert not assignment.ops.exists()
    assert not Submission.objects.exists()


def test_submitting_freezes_the_work_and_leaves_a_trace():
    assignment = AssignmentFactory()
    save(assignment, step(extent=VELMORA), step())

    hand_in(assignment, span_count=2)

    assignment.refresh_from_db()
    assert (assignment.state, assignment.submitted_at) == (AssignmentState.SUBMITTED, TUESDAY)
    submission = Submission.objects.get()
    assert submission.doc_rev == 2
    assert [(row["label"], row["quote"]) for row in submission.spans] == [
        ("actor", "Mayor Ada Brandt"),
        ("actor", "Velmora"),
    ]
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.ASSIGNMENT_SUBMITTED)
    assert (event.target_uuid, event.actor) == (assignment.uuid, assignment.coder.user)


def test_the_same_submission_hands_in_once():
    assignment = AssignmentFactory()
    name = uuid.uuid4()

    hand_in(assignment, submission_id=name)
    hand_in(assignment, submission_id=name)

    assert Submission.objects.count() == 1
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.ASSIGNMENT_SUBMITTED).count() == 1
    with pytest.raises(Refused) as refusal:
        hand_in(assignment)
    assert refusal.value.code == "already_submitted"


def test_a_submission_id_is_good_for_one_assignment():
    first, second = AssignmentFactory(), AssignmentFactory()
    name = uuid.uuid4()
    hand_in(first, submission_id=name)

    with pytest.raises(Invalid):
        hand_in(second, submission_id=name)


@pytest.mark.parametrize("details", [{"doc_rev": 0}, {"doc_rev": 1, "span_count": 2}])
def test_submitting_an_outdated_version_is_refused(details):
    assignment = AssignmentFactory()
    save(assignment, step())

    with pytest.raises(coding.Stale):
        hand_in(assignment, **details)


def test_submitting_names_spans_that_a_correction_made_impossible():
    assignment = AssignmentFactory()
    save(assignment, step(extent=VELMORA))
    article = assignment.task.article
    article.zones = [{"start": 20, "end": 40, "kind": "boilerplate"}]
    article.save(update_fields=["zones"])

    with pytest.raises(coding.NotReady) as refusal:
        hand_in(assignment)

    assert refusal.value.status == 422
    assert [error["code"] for error in refusal.value.errors] == ["in_boilerplate"]


def test_the_last_coder_makes_the_task_coded_and_opens_its_cards():
    task = TaskFactory(coders_wanted=2)
    first, second = AssignmentFactory.create_batch(2, task=task)
    save(first, step(extent=MAYOR))
    save(second, step(extent=(6, 16)))

    hand_in(first)
    task.refresh_from_db()
    assert (task.state, task.cards_open) == (TaskState.OPEN, 0)

    hand_in(second)
    task.refresh_from_db()
    assert (task.state, task.cards_open) == (TaskState.CODED, 1)


def test_a_task_with_one_coder_is_finished_by_handing_it_in():
    assignment = AssignmentFactory(task=TaskFactory(coders_wanted=1))
    save(assignment, step())

    hand_in(assignment)

    task = Task.objects.get(pk=assignment.task_id)
    assert task.state == TaskState.ADJUDICATED
    assert [row["source"] for row in task.golds.get().spans] == ["single"]


def test_submitting_names_the_next_article():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    first, second = (
        AssignmentFactory(coder=member, task=TaskFactory(batch=batch), position=position)
        for position in (1, 2)
    )

    assert hand_in(first) == second
    assert hand_in(second) is None


def test_next_is_what_is_in_progress_then_what_came_back_then_the_queue():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)

    def work(position, state):
        task = TaskFactory(batch=batch)
        return AssignmentFactory(coder=member, task=task, position=position, state=state)

    waiting = work(1, AssignmentState.ASSIGNED)
    returned = work(2, AssignmentState.RETURNED)
    begun = work(3, AssignmentState.CODING)
    work(0, AssignmentState.RELEASED)

    order = []
    while (found := coding.next_assignment(member=member, at=TUESDAY)) is not None:
        order.append(found)
        hand_in(found)

    assert order == [begun, returned, waiting]


def test_next_starts_coding_and_keeps_when_it_began():
    assignment = AssignmentFactory()
    member = assignment.coder

    coding.next_assignment(member=member, at=MONDAY)
    coding.next_assignment(member=member, at=TUESDAY)

    assignment.refresh_from_db()
    assert (assignment.state, assignment.started_at) == (AssignmentState.CODING, MONDAY)


def test_next_passes_over_the_work_of_other_people():
    member = MemberFactory()
    AssignmentFactory(task__batch__project=member.project)

    assert coding.next_assignment(member=member, at=TUESDAY) is None


def test_released_work_keeps_its_spans_and_submitted_work_is_not_released():
    assignment = AssignmentFactory()
    save(assignment, step())
    admin = MemberFactory(project=assignment.task.batch.project, roles=[Role.ADMIN])

    coding.release(assignment=assignment, by=admin.user, at=TUESDAY)

    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.RELEASED
    assert written(assignment) == [("actor", "Mayor Ada Brandt", 1)]
    submitted = AssignmentFactory()
    hand_in(submitted)
    with pytest.raises(coding.CannotRelease):
        coding.release(assignment=submitted, by=submitted.coder.user, at=TUESDAY)
    with pytest.raises(Forbidden):
        coding.release(assignment=submitted, by=UserFactory(), at=TUESDAY)


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


def at_once(*calls):
    """Run ``calls`` in threads of their own and return what each returned or raised."""
    outcomes = [None] * len(calls)
    together = threading.Barrier(len(calls))

    def run(index, call):
        together.wait()
        try:
            outcomes[index] = call()
        except Refused as refusal:
            outcomes[index] = refusal
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_tabs_saving_at_once_lose_and_double_nothing():
    assignment = AssignmentFactory()
    ops = [step(extent=(n, n + 3)) for n in range(20)]

    at_once(*[lambda op=op: save(assignment, op) for op in ops + ops])

    assignment.refresh_from_db()
    assert assignment.doc_rev == assignment.span_count == 20
    assert sorted(assignment.ops.values_list("rev", flat=True)) == list(range(1, 21))


@pytest.mark.django_db(transaction=True)
def test_coders_submitting_at_once_open_the_cards_once():
    task = TaskFactory(coders_wanted=2)
    pair = AssignmentFactory.create_batch(2, task=task)

    at_once(*[lambda one=one: hand_in(one) for one in pair for _ in range(4)])

    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    assert Submission.objects.count() == 2
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.ASSIGNMENT_SUBMITTED).count() == 2
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.TASK_ADJUDICATED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_calls_for_the_next_article_at_once_name_the_same():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    for position in range(3):
        AssignmentFactory(coder=member, task=TaskFactory(batch=batch), position=position)

    found = at_once(*[lambda: coding.next_assignment(member=member, at=MONDAY) for _ in range(4)])

    assert len({assignment.pk for assignment in found}) == 1
    assert Assignment.objects.filter(state=AssignmentState.CODING).count() == 1
