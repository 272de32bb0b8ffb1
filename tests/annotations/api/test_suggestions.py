"""Pre-annotation: what a machine proposed is accepted or refused, and never counts by itself."""

import uuid

import pytest
from rest_framework.test import APIClient

from annotations.enums import Role, TaskState
from annotations.queries.invariants import coding as invariants
from tests.annotations.actions.uploads import ADA, TEXT, imported
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    SuggestionFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db

MAYOR = (0, 16, "actor")
VELMORA = (25, 32, "location")


@pytest.fixture
def task():
    batch = BatchFactory(has_suggestions=True)
    task = TaskFactory(batch=batch)
    SuggestionFactory(article=task.article, extents=[MAYOR, VELMORA])
    return task


@pytest.fixture
def assignment(task):
    return AssignmentFactory(task=task)


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


def document(assignment):
    answer = client_of(assignment.coder.user).get(f"/api/v1/assignments/{assignment.uuid}/")
    assert answer.status_code == 200
    return answer.json()


def send(assignment, *ops):
    answer = client_of(assignment.coder.user).post(
        f"/api/v1/assignments/{assignment.uuid}/ops/",
        {
            "client_id": "desk",
            "since": 0,
            "text_sha256": assignment.task.article.text_sha256,
            "codebook_version": 1,
            "ops": list(ops),
        },
    )
    assert answer.status_code == 200, answer.content
    return answer.json()


def op(type_, **details):
    return {"op_id": str(uuid.uuid4()), "seq": 1, "type": type_, **details}


def source_of(suggestion):
    return {"origin": suggestion["origin"], "suggestion": suggestion["id"]}


def acceptance(suggestion, **details):
    place = {name: suggestion[name] for name in ("start", "end", "label", "quote")}
    return op(
        "create", span_id=str(uuid.uuid4()), **place, source=source_of(suggestion), **details
    )


def test_coders_see_suggestions_only_where_their_batch_shows_them(assignment):
    mayor, velmora = document(assignment)["suggestions"]
    assert (mayor["quote"], mayor["label"], mayor["origin"]) == (
        "Mayor Ada Brandt",
        "actor",
        "model-1",
    )
    assert velmora["quote"] == "Velmora"

    plain = AssignmentFactory(
        task=TaskFactory(
            batch=BatchFactory(project=assignment.task.batch.project),
            article=assignment.task.article,
        )
    )
    assert document(plain)["suggestions"] == []


def test_a_suggestion_alone_is_nobodys_coding(assignment):
    body = document(assignment)

    assert (body["spans"], body["doc_rev"]) == ([], 0)
    assert assignment.spans.count() == 0


def test_an_accepted_suggestion_is_a_span_that_keeps_its_origin(assignment):
    mayor, _ = document(assignment)["suggestions"]
    accepted = acceptance(mayor)

    (result,) = send(assignment, accepted)["results"]

    assert result["status"] == "applied"
    (span,) = document(assignment)["spans"]
    assert span == result["span"]
    assert span["source"] == {"origin": "model-1", "suggestion": mayor["id"]}
    move = op("update", span_id=span["id"], base_rev=1, start=6, end=16)
    (result,) = send(assignment, move)["results"]
    assert (result["span"]["quote"], result["span"]["source"]) == ("Ada Brandt", span["source"])
    assert list(invariants.spans_are_what_the_log_comes_to()) == []


def test_a_refusal_is_remembered_for_this_coder_and_can_be_taken_back(task, assignment):
    mayor, velmora = document(assignment)["suggestions"]
    other = AssignmentFactory(task=task)

    answer = send(
        assignment,
        op("refuse", source=source_of(mayor)),
        op("refuse", source=source_of(velmora)),
        op("refuse", source=source_of(mayor)),
    )

    assert answer["refused"] == [velmora["id"], mayor["id"]]
    assert document(assignment)["refused"] == [velmora["id"], mayor["id"]]
    assert document(other)["refused"] == []
    assert list(invariants.refusals_are_what_the_log_comes_to()) == []

    assert send(assignment, op("restore", source=source_of(mayor)))["refused"] == [velmora["id"]]
    assert document(assignment)["refused"] == [velmora["id"]]
    assert list(invariants.refusals_are_what_the_log_comes_to()) == []


@pytest.mark.parametrize("type_", ["create", "refuse", "restore"])
def test_only_a_suggestion_of_the_article_can_be_answered(assignment, type_):
    mayor, _ = document(assignment)["suggestions"]
    elsewhere = SuggestionFactory(extents=[MAYOR])

    for wrong in (
        {**mayor, "id": elsewhere.spans[0]["id"]},
        {**mayor, "origin": "somebody"},
    ):
        step = acceptance(wrong)
        if type_ != "create":
            step = op(type_, source=source_of(wrong))
        (result,) = send(assignment, step)["results"]
        assert (result["status"], result["error"]["code"]) == ("invalid", "unknown_suggestion")
    assert document(assignment)["refused"] == []
    assert assignment.spans.count() == 0


def test_a_batch_without_suggestions_takes_no_answer_to_one(assignment):
    mayor, _ = document(assignment)["suggestions"]
    batch = assignment.task.batch
    batch.has_suggestions = False
    batch.save()

    answer = send(assignment, op("refuse", source=source_of(mayor)))

    assert answer["results"][0]["error"]["code"] == "unknown_suggestion"
    assert "refused" not in answer


def test_what_one_coder_does_with_suggestions_shows_nowhere_to_another(task, assignment):
    other = AssignmentFactory(task=task)
    before = document(other)
    mayor, velmora = before["suggestions"]

    send(assignment, acceptance(mayor), op("refuse", source=source_of(velmora)))

    assert document(other) == before


def test_gold_and_cards_rest_on_accepted_suggestions_only(task, assignment):
    mayor, velmora = document(assignment)["suggestions"]
    task.coders_wanted = 1
    task.save()
    accepted = acceptance(mayor)
    answer = send(assignment, accepted, op("refuse", source=source_of(velmora)))

    submission = {"submission_id": str(uuid.uuid4()), "doc_rev": answer["doc_rev"]}
    client_of(assignment.coder.user).post(
        f"/api/v1/assignments/{assignment.uuid}/submit/", {**submission, "span_count": 1}
    )

    task.refresh_from_db()
    assert task.state == TaskState.ADJUDICATED
    gold = task.golds.get().spans
    assert [(row["quote"], row["source"]) for row in gold] == [("Mayor Ada Brandt", "single")]
    assert list(invariants.submitted_work_is_what_was_handed_in()) == []


def test_the_planner_switches_suggestions_on_for_one_batch():
    project = ProjectFactory()
    CodebookFactory(project=project)
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user
    coder = MemberFactory(project=project).user.username
    ArticleFactory(project=project)
    client = client_of(admin)

    def made(**details):
        wish = {"articles": {"all": True}, "coders": [coder], "coders_per_article": 1, **details}
        answer = client.post(f"/api/v1/projects/{project.slug}/batches/", wish)
        assert answer.status_code == 201, answer.content
        return answer.json()["suggestions"]

    assert made(name="Plain") is False
    assert made(name="Helped", suggestions=True) is True


def test_suggestions_come_with_an_import_and_make_no_work():
    admin = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=admin.project)

    job = imported(admin, {"text": TEXT, "suggestions": [{"origin": "ner-2", "spans": [ADA]}]})

    article = job.articles.get()
    assert article.suggestions.get().spans[0]["quote"] == "Ada Brandt"
    assert not article.tasks.exists()
