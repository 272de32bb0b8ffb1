import pytest

from annotations.actions import flags, guards
from annotations.enums import OpStatus, OpType, Role
from annotations.models import Assignment, AuditEvent, FlagAnswer
from annotations.queries import flags as queries
from tests.factories import MONDAY, TUESDAY, AssignmentFactory, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def work(admin):
    return flag(AssignmentFactory(task__batch__project=admin.project), "discuss: which side?")


def flag(work, words):
    """Set a flag as the coder's page does, one step further in the log."""
    work.doc_rev += 1
    work.flag = words
    work.save()
    work.ops.create(
        op_id=work.uuid if work.doc_rev == 1 else work.task.uuid,
        seq=work.doc_rev,
        client_id="c",
        type=OpType.FLAG,
        body={},
        status=OpStatus.APPLIED,
        result={},
        rev=work.doc_rev,
        received_at=MONDAY,
    )
    return work


def answer(work, admin, **more):
    return flags.answer(assignment=work, by=admin.user, at=TUESDAY, **more)


def waiting():
    return list(queries.unanswered(Assignment.objects.all()))


def test_a_flag_waits_until_it_is_answered_and_waits_again_when_it_is_set_anew(admin, work):
    assert waiting() == [work]
    said = answer(work, admin, note="Both.")
    assert (said.flag, said.note, said.rev) == ("discuss: which side?", "Both.", 1)
    assert waiting() == []
    assert AuditEvent.objects.get().kind == AuditEvent.Kind.FLAG_ANSWERED

    flag(work, "discuss: which side?")
    assert waiting() == [work]


def test_coding_on_does_not_ask_again(admin, work):
    answer(work, admin)
    work.doc_rev += 1
    work.save()
    assert waiting() == []


def test_the_coder_reads_the_last_answer(admin, work):
    answer(work, admin)
    answer(work, admin, note="Both.")
    found = queries.answers_for(work.coder.user, MONDAY)
    assert [said.note for said in found] == ["Both."]
    assert queries.answers_for(admin.user, MONDAY) == []


def test_what_is_not_flagged_has_no_answer(admin, work):
    work.flag = ""
    work.save()
    with pytest.raises(flags.NothingFlagged):
        answer(work, admin)
    assert not FlagAnswer.objects.exists()


def test_a_flag_is_nothing_for_an_admin_who_codes_in_the_batch(admin, work):
    AssignmentFactory(task__batch=work.task.batch, coder=admin)
    with pytest.raises(guards.Blind):
        answer(work, admin)
