"""Asking from one's own article, the page of questions and answers, and what leads there."""

import re

import pytest
from django.test import Client

from annotations.actions import memos as actions
from annotations.enums import Role
from annotations.models import Memo, Question
from annotations.queries import codebook_draft
from tests.factories import MONDAY, AssignmentFactory, MemberFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def work():
    work = AssignmentFactory(coder__user__username="wilhelmina")
    label = work.codebook.definitions.get(label__key="actor").label
    place = {"start": 6, "end": 16, "quote": "Ada Brandt"}
    work.spans.create(uuid="0b6f4c1e-8f0e-4d3a-9a53-1f8f4f6f9a10", label=label, rev=1, **place)
    return work


@pytest.fixture
def project(work):
    return work.coder.project


@pytest.fixture
def admin(project):
    return MemberFactory(project=project, roles=[Role.ADMIN]).user


def ask(client, work, **said):
    client.force_login(work.coder.user)
    form = {"span": "0b6f4c1e-8f0e-4d3a-9a53-1f8f4f6f9a10", "text": "Is my Ada right?", **said}
    return client.post(f"/assignments/{work.uuid}/ask/", form)


def answer(client, admin, **said):
    client.force_login(admin)
    question = Question.objects.get()
    form = {"asked": "Do titles count?", "answer": "They do.", "readers": "all", **said}
    return client.post(f"/questions/{question.uuid}/answer/", form)


def page_of(client, user, project, query=""):
    client.force_login(user)
    return client.get(f"/projects/{project.slug}/questions/{query}").content.decode()


def test_a_coder_asks_about_an_own_span_and_goes_back_to_the_article(client, work):
    answer = ask(client, work)

    question = Question.objects.get()
    assert answer["Location"] == f"/assignments/{work.uuid}/"
    assert (question.start, question.end, question.label.key) == (6, 16, "actor")
    assert "Not answered yet." in client.get(f"/assignments/{work.uuid}/ask/").content.decode()


def test_a_coder_asks_about_words_that_are_no_span(client, work):
    ask(client, work, span="", words="Velmora", label="location")

    question = Question.objects.get()
    assert (question.start, question.quote, question.label.key) == (25, "Velmora", "location")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"span": ""}, "words"),
        ({"span": "", "words": "Nowhere"}, "words"),
        ({"span": "odd"}, "span"),
        ({"text": " "}, "text"),
        ({"label": "odd"}, "label"),
    ],
)
def test_what_is_missing_of_a_question_is_said(client, work, said, field):
    answer = ask(client, work, **said)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Question.objects.exists()


def test_the_admin_finds_it_and_all_read_the_answer_but_not_who_asked(
    client, work, project, admin
):
    ask(client, work)
    waiting = page_of(client, admin, project)
    assert "Is my Ada right?" in waiting
    assert "wilhelmina" in waiting

    answer(client, admin)

    reader = AssignmentFactory(task=TaskFactory(batch=work.task.batch)).coder.user
    page = page_of(client, reader, project)
    assert "Do titles count?" in page
    assert "They do." in page
    assert "<bdi>Ada Brandt</bdi>" in page
    assert "wilhelmina" not in page
    assert "Is my Ada right?" not in page
    assert work.task.article.title not in page


def test_until_the_answer_other_coders_pages_are_the_same(client, work, project):
    reader = AssignmentFactory(task=TaskFactory(batch=work.task.batch))
    own = f"/assignments/{reader.uuid}/"

    def seen():
        client.force_login(reader.coder.user)
        pages = ["/", own, f"/projects/{project.slug}/questions/"]
        texts = [client.get(address).content.decode() for address in pages]
        return [re.sub(r"\b[A-Za-z0-9]{64}\b", "csrf", text) for text in texts]

    before = seen()
    ask(Client(), work)

    assert seen() == before


def test_who_asked_reads_the_answer_at_home_and_beside_the_article(client, work, admin):
    ask(client, work)
    answer(client, admin, readers="one")
    client.force_login(work.coder.user)

    for address in ("/", f"/assignments/{work.uuid}/"):
        page = client.get(address).content.decode()
        assert "Answer to your question on “Ada Brandt”:" in page
        assert "They do." in page


@pytest.mark.parametrize("field", ["asked", "answer", "readers"])
def test_an_answer_that_lacks_something_is_shown_again(client, work, admin, field):
    ask(client, work)

    shown = answer(client, admin, **{field: ""})

    assert shown.status_code == 422
    assert list(shown.context["form"].errors) == [field]
    assert not Memo.objects.exists()


def test_an_answer_is_taken_back(client, work, project, admin):
    ask(client, work)
    answer(client, admin)
    memo = Memo.objects.get()

    client.post(f"/answers/{memo.uuid}/take-back/")

    assert "They do." not in page_of(client, work.coder.user, project)
    assert "Is my Ada right?" in page_of(client, admin, project)


def test_answers_are_searched_and_shown_page_by_page(client, work, project, admin, monkeypatch):
    monkeypatch.setattr("annotations.views.memos.PER_PAGE", 1)
    for words in ("Titles?", "Ranks?"):
        question = actions.ask(
            assignment=work, start=0, end=5, text=words, by=work.coder.user, at=MONDAY
        )
        last = actions.answer(question=question, asked=words, answer="Yes.", by=admin, at=MONDAY)

    assert "Ranks?" in page_of(client, admin, project)
    older = page_of(client, admin, project, f"?after={last.uuid}")
    assert "Titles?" in older
    assert "Ranks?" not in older
    assert "Titles?" in page_of(client, admin, project, "?q=titles")
    assert "No answer has these words" in page_of(client, admin, project, "?q=odd")


def test_an_answer_becomes_an_example_in_the_draft(client, work, project, admin):
    ask(client, work)
    answer(client, admin)
    address = f"/answers/{Memo.objects.get().uuid}/codebook/"

    form = client.get(address).context["form"]
    sent = client.post(address, form.initial)

    assert "The example is in the codebook’s draft." in sent.content.decode()
    assert codebook_draft.latest(project).content["labels"][0]["examples"] == [
        {
            "text": "Mayor [Ada Brandt] said in Velmora that the talks had failed.",
            "note": "They do.",
        }
    ]
    assert "became an example" in page_of(client, admin, project)


def test_what_was_answered_to_one_becomes_no_example(client, work, admin):
    ask(client, work)
    answer(client, admin, readers="one")

    assert client.get(f"/answers/{Memo.objects.get().uuid}/codebook/").status_code == 404


def test_the_page_asks_no_more_for_more_answers(
    client, work, project, admin, django_assert_num_queries
):
    client.force_login(admin)
    for _ in range(2):
        for is_answered in (True, False):
            question = actions.ask(
                assignment=work, start=0, end=5, text="So?", by=work.coder.user, at=MONDAY
            )
            if is_answered:
                actions.answer(question=question, asked="So?", answer="Yes.", by=admin, at=MONDAY)
        with django_assert_num_queries(11):
            client.get(f"/projects/{project.slug}/questions/")
