"""A change of meaning in mid-coding: what is touched, and what an admin has done with it."""

import pytest

from annotations.actions import adjudication, codebook, coding
from annotations.actions import codebook_review as actions
from annotations.enums import AssignmentState, CardKind, Change, Role, TaskState
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent, Gold
from annotations.queries import codebook as versions
from annotations.queries import codebook_review as review
from annotations.queries import disputes
from annotations.queries.codebook_review import Standing
from tests.annotations.actions.disputes import (
    BRANDT,
    MAYOR,
    VELMORA,
    actor,
    finish,
    only_card,
    place,
    rule,
    shown,
)
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
from tests.stories import adjudicator_of, coded_task, with_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    return project


@pytest.fixture
def batch(project):
    return BatchFactory(project=project)


@pytest.fixture
def admin(project):
    return MemberFactory(project=project, roles=[Role.ADMIN]).user


def publish(project, change=Change.MEANING, key="actor", **fields):
    """Publish a version that says ``fields`` otherwise of one label."""
    labels = versions.as_contract(versions.current(project))["labels"]
    changed = [{**one, **fields} if one["key"] == key else one for one in labels]
    return codebook.publish(project=project, labels=changed, by=None, at=TUESDAY, change=change)


def work(batch, *spans):
    """Return work in progress with these spans."""
    held = submitted(AssignmentFactory(task=TaskFactory(batch=batch)), list(spans))
    with_rows(held)
    for state in (AssignmentState.RETURNED, AssignmentState.CODING):
        held.state = state
        held.save()
    return held


def handed_in(batch, *codings):
    """Return a task that waits for rulings."""
    task = coded_task(*codings, batch=batch)
    with_rows(*task.assignments.all())
    return task


def finished(batch, *codings):
    task = handed_in(batch, *codings)
    for card in shown(task)["cards"]:
        if card["decision"] is None:
            rule(task, card, "accept", coder="A")
    return finish(task)


def found(project, admin, standing):
    return list(review.rows(review.since(project, admin), standing))


def act(step, project, by, **said):
    note = {"note": said.pop("note", "")} if step == actions.give_back else {}
    choice = actions.Choice(**said)
    return step(project=project, choice=choice, by=by, at=TUESDAY, **note)


def test_a_change_of_meaning_touches_the_spans_of_its_label_however_far_they_are(
    project, batch, admin
):
    begun = work(batch, actor(MAYOR), place(VELMORA))
    waiting = handed_in(batch, [actor(MAYOR)], [actor(BRANDT), place(VELMORA)])
    done = finished(batch, [actor(MAYOR), place(VELMORA)], [actor(MAYOR), place(VELMORA)])
    work(batch, place(VELMORA))
    finished(batch, [place(VELMORA)])
    assert review.counts(review.since(project, admin)) == []

    publish(project, definition="Who acts.")

    (touched,) = review.counts(review.since(project, admin))
    assert touched.batch == batch
    assert touched.spans == {"progress": 1, "submitted": 2, "gold": 1}
    assert touched.pieces == {"progress": 1, "submitted": 2, "gold": 1}
    assert found(project, admin, Standing.PROGRESS) == [begun]
    assert {one.task for one in found(project, admin, Standing.SUBMITTED)} == {waiting}
    (gold,) = found(project, admin, Standing.GOLD)
    assert gold == done
    assert [row["quote"] for row in gold.touched] == ["Mayor Ada Brandt"]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (Change.MINOR, {"definition": "Who acts."}),
        (Change.MEANING, {"name": "Person", "hotkey": "q", "examples": ["[Ada]"]}),
    ],
)
def test_what_changes_no_meaning_touches_nothing(project, batch, admin, change, fields):
    finished(batch, [actor(MAYOR)])

    publish(project, change, **fields)

    assert review.counts(review.since(project, admin)) == []


def test_a_retired_label_is_touched_and_a_later_version_touches_only_what_came_before(
    project, batch, admin
):
    publish(project, retired=True)
    later = work(batch, actor(MAYOR))
    assert found(project, admin, Standing.PROGRESS) == []

    publish(project, key="location", definition="A town.")
    assert found(project, admin, Standing.PROGRESS) == []

    publish(project, retired=False)
    assert found(project, admin, Standing.PROGRESS) == [later]


def test_gold_of_which_nobody_knows_the_version_is_touched_by_any_change(project, batch, admin):
    task = finished(batch, [actor(MAYOR)])
    Gold.objects.create(
        task=task,
        number=2,
        spans=task.golds.get().spans,
        codebook_version=None,
        made_at=MONDAY,
    )
    assert found(project, admin, Standing.GOLD) == []

    publish(project, definition="Who acts.")

    assert found(project, admin, Standing.GOLD) == [task]


def test_who_still_codes_in_a_batch_finds_nothing_of_it(project, batch):
    finished(batch, [actor(MAYOR)])
    both = MemberFactory(project=project, roles=[Role.ADMIN, Role.CODER])
    publish(project, definition="Who acts.")
    assert len(found(project, both.user, Standing.GOLD)) == 1

    AssignmentFactory(task=TaskFactory(batch=batch), coder=both)

    assert found(project, both.user, Standing.GOLD) == []
    assert review.counts(review.since(project, both.user)) == []
    with pytest.raises(actions.NothingToReview):
        act(actions.rule_again, project, both.user)


def test_work_in_progress_goes_on_by_the_latest_version_with_its_spans(project, batch, admin):
    chosen, other = work(batch, actor(MAYOR)), work(batch, actor(BRANDT))
    before = list(chosen.spans.values())
    publish(project, definition="Who acts.")
    latest = publish(project, Change.MINOR, name="Person")

    reached = act(actions.go_on, project, admin, chosen=[chosen.uuid])

    chosen.refresh_from_db()
    other.refresh_from_db()
    assert (reached.count, reached.stayed) == (1, 0)
    assert (chosen.codebook, chosen.state) == (latest, AssignmentState.CODING)
    assert list(chosen.spans.values()) == before
    assert other.codebook.number == 1
    assert found(project, admin, Standing.PROGRESS) == [other]
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.CODEBOOK_REVIEW_ASKED)
    assert (event.batch, event.detail) == (batch, {"version": 3, "step": "go_on", "count": 1})


def test_what_was_handed_in_goes_back_with_a_note_and_its_rulings_are_kept(project, batch, admin):
    task = handed_in(batch, [actor(MAYOR)], [actor(BRANDT)])
    ruling = rule(task, only_card(task, CardKind.BOUNDARY), "accept", coder="A").decision
    latest = publish(project, definition="Who acts.")

    reached = act(actions.give_back, project, admin, note="Titles count now.")

    task.refresh_from_db()
    assert reached.count == 2
    assert task.state == TaskState.OPEN
    assert {
        (one.state, one.return_note, one.codebook)
        for one in task.assignments.select_related("codebook")
    } == {(AssignmentState.RETURNED, "Titles count now.", latest)}
    assert task.cards.get(kind=CardKind.BOUNDARY).decision == ruling
    assert found(project, admin, Standing.SUBMITTED) == []
    # To its coders it is work like any other that came back.
    one = task.assignments.first()
    assert coding.next_assignment(member=one.coder, at=TUESDAY) == one


def test_work_whose_coder_cant_sign_in_stays(project, batch, admin):
    task = handed_in(batch, [actor(MAYOR)], [actor(BRANDT)])
    gone = task.assignments.first()
    gone.coder.user.is_active = False
    gone.coder.user.save()
    publish(project, definition="Who acts.")

    reached = act(actions.give_back, project, admin)

    assert (reached.count, reached.stayed) == (1, 1)
    assert found(project, admin, Standing.SUBMITTED) == [gone]


def test_gold_is_ruled_again_where_the_meaning_changed_and_stays_as_it_was_until_then(
    project, batch, admin
):
    task = finished(batch, [actor(MAYOR), place(VELMORA)], [actor(BRANDT), place(VELMORA)])
    gold = task.golds.values().get()
    latest = publish(project, definition="Who acts.")

    act(actions.rule_again, project, admin)

    task.refresh_from_db()
    assert (task.state, task.cards_open) == (TaskState.ADJUDICATING, 1)
    stale = task.cards.get(is_stale=True)
    assert stale.kind == CardKind.BOUNDARY
    assert disputes.document(task)["codebook"]["version"] == latest.number
    assert task.golds.values().get() == gold
    with pytest.raises(adjudication.CardsAreOpen):
        finish(task)

    confirmed = rule(task, only_card(task, CardKind.BOUNDARY), "accept", coder="B").decision
    finish(task)

    assert confirmed.codebook_version == latest.number
    assert [one.codebook_version for one in task.golds.order_by("number")] == [1, 2]
    assert found(project, admin, Standing.GOLD) == []
    assert list(task.assignments.values_list("codebook__number", flat=True)) == [1, 1]


def test_an_added_span_waits_for_nobody(project, batch, admin):
    task = handed_in(batch, [place(VELMORA)])
    ruling = {"task": task, "by": adjudicator_of(task), "at": TUESDAY}
    adjudication.add_span(**ruling, base_version=task.version, **actor(MAYOR))
    finish(task)
    publish(project, definition="Who acts.")

    act(actions.rule_again, project, admin)

    task.refresh_from_db()
    assert task.cards_open == 0
    finish(task)
    assert [row["label"] for row in task.golds.latest("number").spans] == ["actor", "location"]


def test_a_second_look_is_wanted_after_the_next_change_only(project, batch, admin):
    task = finished(batch, [actor(MAYOR)])
    publish(project, definition="Who acts.")
    act(actions.rule_again, project, admin)
    assert found(project, admin, Standing.SUBMITTED) == found(project, admin, Standing.GOLD) == []

    publish(project, definition="Who acts or speaks.")

    (again,) = found(project, admin, Standing.SUBMITTED)
    assert again.task == task


@pytest.mark.parametrize("is_by_batch", [True, False])
def test_all_means_all_that_the_filters_leave(project, batch, admin, is_by_batch):
    kept = finished(BatchFactory(project=project), [place(VELMORA)])
    wanted = finished(batch, [actor(MAYOR)])
    publish(project, definition="Who acts.")
    publish(project, key="location", definition="A town.")

    filters = {"batch": batch.uuid} if is_by_batch else {"label": "actor"}
    act(actions.rule_again, project, admin, **filters)

    kept.refresh_from_db()
    wanted.refresh_from_db()
    assert (kept.state, wanted.state) == (TaskState.ADJUDICATED, TaskState.ADJUDICATING)


@pytest.mark.parametrize("step", [actions.go_on, actions.give_back, actions.rule_again])
@pytest.mark.parametrize("role", [Role.ADJUDICATOR, Role.CODER])
def test_only_an_admin_gives_spans_to_review(project, step, role):
    person = MemberFactory(project=project, roles=[role]).user

    with pytest.raises(Forbidden):
        act(step, project, person)
