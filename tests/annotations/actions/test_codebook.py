import pytest

from annotations.actions import codebook
from annotations.actions.guards import Archived
from annotations.enums import AssignmentState, Change, Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent, CodebookVersion
from annotations.queries.codebook import as_contract, current
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    CodebookFactory,
    MemberFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def publish(admin, labels, **given):
    return codebook.publish(
        project=admin.project, labels=labels, by=admin.user, at=TUESDAY, **given
    )


def labels_of(project):
    return as_contract(current(project))["labels"]


def test_each_publication_is_the_next_version_and_leaves_the_last_as_it_was(admin):
    before = labels_of(admin.project)

    version = publish(admin, [{**before[0], "name": "Player"}, *before[1:]])

    assert version.number == 2
    assert labels_of(admin.project)[0]["name"] == "Player"
    first = CodebookVersion.objects.get(project=admin.project, number=1)
    assert as_contract(first)["labels"] == before
    event = AuditEvent.objects.get()
    assert (event.kind, event.detail["version"]) == ("codebook.published", 2)


def test_a_rename_keeps_the_key_and_so_the_label(admin):
    before = labels_of(admin.project)

    publish(admin, [{**before[0], "name": "Player"}, *before[1:]])

    assert admin.project.labels.count() == 4


def test_a_label_that_is_left_out_is_retired_not_deleted(admin):
    publish(admin, labels_of(admin.project)[:3])

    claim = labels_of(admin.project)[3]
    assert (claim["key"], claim["retired"]) == ("claim", True)


def test_the_hotkey_of_a_retired_label_is_free(admin):
    publish(admin, [*labels_of(admin.project)[:3], {"key": "cause", "hotkey": "c"}])

    assert [label["key"] for label in labels_of(admin.project)] == [
        "actor", "location", "event", "cause", "claim",
    ]  # fmt: skip


def test_a_new_label_gets_its_key_as_name_and_a_colour(admin):
    publish(admin, [*labels_of(admin.project), {"key": "outlet"}])

    outlet = labels_of(admin.project)[4]
    assert (outlet["name"], outlet["colour"], outlet["hotkey"]) == ("outlet", "#0c6b78", "")


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ({"key": "actor"}, "duplicate_key"),
        ({"key": "cause", "hotkey": "A"}, "duplicate_hotkey"),
        ({"key": "cause", "hotkey": "u"}, "reserved_hotkey"),
        ({"key": "cause", "hotkey": "7"}, "not_a_letter"),
        ({"key": "cause", "hotkey": "ж"}, "not_a_letter"),
        ({"key": "cause", "colour": "reddish"}, "not_a_colour"),
    ],
)
def test_a_codebook_that_contradicts_itself_is_refused_with_the_place(admin, label, code):
    with pytest.raises(codebook.CannotPublish) as refusal:
        publish(admin, [*labels_of(admin.project), label])

    assert code in {error["code"] for error in refusal.value.errors}
    assert refusal.value.errors[-1]["field"].startswith("labels.4.")
    assert CodebookVersion.objects.count() == 1


def test_rules_are_kept_unless_new_ones_are_given(admin):
    publish(admin, labels_of(admin.project), rules=[{"id": "R1", "text": "Longest name."}])
    publish(admin, labels_of(admin.project))

    assert current(admin.project).rules == [{"id": "R1", "text": "Longest name."}]


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        (Change.MINOR, {"assigned", "coding", "returned"}),
        (Change.MEANING, {"assigned"}),
    ],
)
def test_a_minor_change_moves_unfinished_work_a_meaning_change_only_work_not_begun(
    admin, change, moved
):
    work = {
        state: AssignmentFactory(task__batch__project=admin.project, state=state)
        for state in AssignmentState
        if state != AssignmentState.SUBMITTED
    }
    work["submitted"] = submitted(AssignmentFactory(task__batch__project=admin.project), [])

    publish(admin, labels_of(admin.project), change=change)

    for assignment in work.values():
        assignment.refresh_from_db()
    assert {state for state, row in work.items() if row.codebook.number == 2} == moved


def test_a_minor_change_does_not_smuggle_in_a_meaning_change_before_it(admin):
    begun = AssignmentFactory(task__batch__project=admin.project, state=AssignmentState.CODING)
    publish(admin, labels_of(admin.project), change=Change.MEANING)

    publish(admin, labels_of(admin.project), change=Change.MINOR)

    begun.refresh_from_db()
    assert begun.codebook.number == 1


def test_only_an_admin_publishes_and_not_into_an_archived_project(admin):
    coder = MemberFactory(project=admin.project, roles=[Role.CODER, Role.ADJUDICATOR])
    with pytest.raises(Forbidden):
        publish(coder, labels_of(admin.project))

    admin.project.archived_at = MONDAY
    admin.project.save()
    with pytest.raises(Archived):
        publish(admin, labels_of(admin.project))

    assert CodebookVersion.objects.count() == 1
