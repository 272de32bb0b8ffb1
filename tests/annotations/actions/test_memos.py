"""Questions of coders, and what an admin answers."""

import pytest
from django.db import DatabaseError, transaction

from annotations.actions import memos as actions
from annotations.actions.guards import Archived, Blind
from annotations.enums import Role
from annotations.exceptions import Forbidden, Invalid
from annotations.models import AuditEvent, Memo, Question
from annotations.queries import memos
from tests.factories import MONDAY, TUESDAY, AssignmentFactory, MemberFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def work():
    return AssignmentFactory()


@pytest.fixture
def project(work):
    return work.coder.project


@pytest.fixture
def admin(project):
    return MemberFactory(project=project, roles=[Role.ADMIN]).user


def ask(work, **said):
    said = {"start": 6, "end": 16, "text": "With the title?", "label": "actor", **said}
    return actions.ask(assignment=work, at=MONDAY, **{"by": work.coder.user, **said})


def answer(question, admin, **said):
    said = {"asked": "Do titles count?", "answer": "They do.", **said}
    return actions.answer(question=question, by=admin, at=TUESDAY, **said)


def test_a_question_keeps_its_words_and_waits_for_the_admin(work, project, admin):
    question = ask(work)

    assert (question.quote, question.label.key) == ("Ada Brandt", "actor")
    assert list(memos.waiting(project, admin)) == [question]
    assert not Memo.objects.exists()


@pytest.mark.parametrize(
    "said", [{"start": 5, "end": 5}, {"start": -3, "end": 2}, {"end": 9_999}, {"text": "  "}]
)
def test_a_question_is_about_words_of_the_article(work, said):
    with pytest.raises(Invalid):
        ask(work, **said)


def test_nobody_asks_in_anothers_name_or_in_an_archived_project(work, project, admin):
    with pytest.raises(Forbidden):
        ask(work, by=admin)

    project.archived_at = TUESDAY
    project.save()
    work.refresh_from_db()
    with pytest.raises(Archived):
        ask(work)


def test_an_answer_for_all_is_read_by_all_in_the_admins_words(work, project, admin):
    memo = answer(ask(work), admin)

    for role in Role:
        reader = MemberFactory(project=project, roles=[role]).user
        assert list(memos.search(project, reader)) == [memo]
    assert memos.waiting(project, admin).count() == 0
    assert list(memos.search(project, MemberFactory().user)) == []
    assert AuditEvent.objects.get(kind="question.answered").batch == work.task.batch


def test_an_answer_for_one_is_read_by_that_one_and_the_admin(work, project, admin):
    memo = answer(ask(work), admin, is_for_all=False)
    other = AssignmentFactory(task=TaskFactory(batch=work.task.batch)).coder.user

    assert list(memos.search(project, work.coder.user)) == [memo]
    assert list(memos.search(project, admin)) == [memo]
    assert list(memos.search(project, other)) == []


def test_an_open_question_is_nobody_elses(work, project):
    question = ask(work)
    for roles in ([Role.CODER], [Role.ADJUDICATOR], [Role.RESEARCHER]):
        reader = MemberFactory(project=project, roles=roles).user
        assert question not in Question.objects.visible_to(reader)
    assert question in Question.objects.visible_to(work.coder.user)


def test_an_admin_who_codes_in_the_batch_neither_sees_nor_answers(work, project):
    both = MemberFactory(project=project, roles=[Role.ADMIN, Role.CODER])
    AssignmentFactory(task=TaskFactory(batch=work.task.batch), coder=both)
    question = ask(work)
    ask(both.assignments.get(), by=both.user)

    assert list(memos.waiting(project, both.user)) == []
    with pytest.raises(Blind):
        answer(question, both.user)


@pytest.mark.parametrize("said", [{"asked": " "}, {"answer": ""}])
def test_an_answer_says_something(work, admin, said):
    with pytest.raises(Invalid):
        answer(ask(work), admin, **said)


def test_a_question_is_answered_once_and_again_after_its_answer_was_taken_back(
    work, project, admin
):
    question = ask(work)
    first = answer(question, admin)
    with pytest.raises(actions.Answered):
        answer(question, admin)

    actions.take_back(memo=first, by=admin, at=TUESDAY)

    assert list(memos.waiting(project, admin)) == [question]
    assert list(memos.search(project, work.coder.user)) == []
    second = answer(question, admin, answer="Only some.")
    assert list(memos.search(project, work.coder.user)) == [second]


@pytest.mark.parametrize("roles", [[Role.CODER], [Role.ADJUDICATOR]])
def test_only_an_admin_answers_and_takes_back(work, project, admin, roles):
    person = MemberFactory(project=project, roles=roles).user
    question = ask(work)

    with pytest.raises(Forbidden):
        answer(question, person)
    memo = answer(question, admin)
    with pytest.raises(Forbidden):
        actions.take_back(memo=memo, by=person, at=TUESDAY)


def test_what_was_asked_and_answered_never_changes(work, admin):
    memo = answer(ask(work), admin)

    with pytest.raises(DatabaseError, match="question"), transaction.atomic():
        Question.objects.update(text="Other")
    with pytest.raises(DatabaseError, match="memo"), transaction.atomic():
        Memo.objects.filter(pk=memo.pk).update(answer="Other")


@pytest.mark.parametrize(
    ("words", "count"), [("titles", 1), ("BRANDT do", 1), ("actor", 1), ("rank", 0), ("", 1)]
)
def test_answers_are_found_by_their_words(work, project, admin, words, count):
    answer(ask(work), admin)

    assert memos.search(project, admin, words).count() == count
