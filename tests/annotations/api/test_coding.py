import uuid

import pytest
from rest_framework.test import APIClient

from annotations.algorithms import tokens
from annotations.enums import AssignmentState, Role
from annotations.models import Assignment, RecoveredDraft
from tests.factories import (
    MONDAY,
    TEXT,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db

VELMORA = {"label": "location", "start": 25, "end": 32, "quote": "Velmora"}


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def assignment():
    return AssignmentFactory()


@pytest.fixture
def client(assignment):
    return client_of(assignment.coder.user)


def address(assignment, rest=""):
    return f"/api/v1/assignments/{assignment.uuid}/{rest}"


def in_project(assignment, rest):
    return f"/api/v1/projects/{assignment.task.batch.project.slug}/{rest}"


def create(**details):
    ids = {"op_id": str(uuid.uuid4()), "span_id": str(uuid.uuid4())}
    return {**ids, "seq": 1, "type": "create", **VELMORA, **details}


def send(client, assignment, *ops, **details):
    envelope = {
        "client_id": "desk",
        "since": 0,
        "text_sha256": assignment.task.article.text_sha256,
        "codebook_version": 1,
    }
    return client.post(address(assignment, "ops/"), {**envelope, "ops": list(ops), **details})


def submit(client, assignment, **details):
    body = {"submission_id": str(uuid.uuid4()), "doc_rev": 0, **details}
    return client.post(address(assignment, "submit/"), body)


def test_the_document_holds_what_coding_needs(assignment, client):
    answer = client.get(address(assignment))

    body = answer.json()
    assert (answer.status_code, answer["ETag"]) == (200, '"0"')
    assert body["id"] == str(assignment.uuid)
    assert (body["state"], body["doc_rev"], body["due"], body["spans"]) == (
        "assigned",
        0,
        None,
        [],
    )
    assert body["article"]["text"] == TEXT
    assert [label["key"] for label in body["codebook"]["labels"]][:2] == ["actor", "location"]
    assert [TEXT[start:end] for start, end in body["tokens"]][:3] == ["Mayor", "Ada", "Brandt"]
    assert body["sentences"] == [[0, len(TEXT)]]
    assert body["tokenizer"] == tokens.VERSION


def test_looking_does_not_start_the_work(assignment, client):
    client.get(address(assignment))

    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.ASSIGNED


def test_steps_are_saved_and_shown_again(assignment, client):
    op = create(label="event", attributes=[{"name": "planned", "value": "yes"}])

    answer = send(client, assignment, op)

    assert answer.status_code == 200
    (result,) = answer.json()["results"]
    assert (result["op_id"], result["status"]) == (op["op_id"], "applied")
    document = client.get(address(assignment))
    assert document["ETag"] == '"1"'
    assert document.json()["spans"] == [
        {
            "id": op["span_id"],
            "rev": 1,
            **VELMORA,
            "label": "event",
            "attributes": [{"name": "planned", "value": "yes"}],
            "links": [],
            "note": "",
        }
    ]


def test_an_empty_request_asks_for_news(assignment, client):
    send(client, assignment, create(), client_id="tablet")

    answer = send(client, assignment).json()

    assert answer["results"] == []
    assert [change["client_id"] for change in answer["changes"]] == ["tablet"]


@pytest.mark.parametrize(
    ("op", "status"),
    [
        ({"type": "rename"}, 422),
        ({"op_id": "7"}, 422),
        ({"seq": -1}, 422),
        ({"start": "here"}, 422),
        ({"start": 2**40}, 422),
        ({"links": [{"name": "speaker", "target": "nobody"}]}, 422),
        ({"colour": "red"}, 400),
    ],
)
def test_a_malformed_step_refuses_the_request(assignment, client, op, status):
    answer = send(client, assignment, create(), create(**op))

    assert answer.status_code == status
    assert not assignment.spans.exists()


@pytest.mark.parametrize(
    ("envelope", "status"),
    [
        ({"ops": [create() for _ in range(201)]}, 422),
        ({"ops": {}}, 422),
        ({"since": -1}, 422),
        ({"client_id": ""}, 422),
        ({"session": "x"}, 400),
    ],
)
def test_a_malformed_request_is_refused(assignment, client, envelope, status):
    assert send(client, assignment, **envelope).status_code == status


def test_late_steps_are_409_and_found_among_the_drafts(assignment, client):
    submit(client, assignment)
    op = create()

    answer = send(client, assignment, op)

    assert (answer.status_code, answer.json()["code"]) == (409, "already_submitted")
    (draft,) = client.get(address(assignment, "drafts/")).json()["results"]
    assert draft["reason"] == "already_submitted"
    assert draft["ops"] == [op]


def test_submitting_names_what_comes_next():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    first, second = (
        AssignmentFactory(coder=member, task=TaskFactory(batch=batch), position=position)
        for position in (1, 2)
    )
    client = client_of(member.user)

    answer = submit(client, first)

    assert (answer.status_code, answer.json()) == (200, {"next": str(second.uuid)})
    assert submit(client, second).json() == {"next": None}


def test_submitting_an_outdated_version_is_409(assignment, client):
    send(client, assignment, create())

    answer = submit(client, assignment, doc_rev=0)

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def test_submitting_work_that_breaks_a_rule_names_the_problems(assignment, client):
    op = create()
    send(client, assignment, op)
    article = assignment.task.article
    article.zones = [{"start": 0, "end": len(TEXT), "kind": "boilerplate"}]
    article.save(update_fields=["zones"])

    answer = submit(client, assignment, doc_rev=1)

    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert (problem["span"], problem["code"]) == (op["span_id"], "in_boilerplate")


def test_the_history_tells_every_step_the_newest_first(assignment, client):
    send(client, assignment, create(), create(quote="wrong"))

    rows = client.get(address(assignment, "history/")).json()["results"]

    assert [(row["status"], row["rev"]) for row in rows] == [("invalid", None), ("applied", 1)]


def test_next_starts_the_work_and_answers_204_when_all_is_done(assignment, client):
    answer = client.post(in_project(assignment, "next/"))

    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["state"]) == (str(assignment.uuid), "coding")
    submit(client, assignment)
    assert client.post(in_project(assignment, "next/")).status_code == 204


def test_a_coder_lists_the_own_work_and_an_admin_everybodys(assignment, client):
    project = assignment.task.batch.project
    other = AssignmentFactory(task__batch=assignment.task.batch)
    admin = client_of(MemberFactory(project=project, roles=[Role.ADMIN]).user)

    def listed(who, query=""):
        rows = who.get(in_project(assignment, f"assignments/{query}")).json()["results"]
        return {row["id"] for row in rows}

    mine, theirs = str(assignment.uuid), str(other.uuid)
    assert listed(client) == {mine}
    assert listed(admin) == {mine, theirs}
    assert listed(admin, f"?coder={other.coder.user.username}") == {theirs}
    assert listed(admin, f"?batch={assignment.task.batch.uuid}") == {mine, theirs}
    assert listed(admin, "?state=submitted") == set()


def test_lists_never_hold_spans(assignment, client):
    send(client, assignment, create())

    body = client.get(in_project(assignment, "assignments/")).content.decode()

    assert "Velmora" not in body


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_number_of_queries_however_long(rows, django_assert_num_queries):
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    for _ in range(rows):
        AssignmentFactory(coder=member, task=TaskFactory(batch=batch))
    client = client_of(member.user)

    with django_assert_num_queries(5):
        client.get(f"/api/v1/projects/{member.project.slug}/assignments/")


def test_unknown_query_parameters_are_400(assignment, client):
    assert client.get(in_project(assignment, "assignments/?flagged=1")).status_code == 400
    assert client.get(address(assignment, "?spans=all")).status_code == 400


def test_an_admin_sees_that_work_exists_but_may_not_code_it(assignment):
    admin = client_of(
        MemberFactory(project=assignment.task.batch.project, roles=[Role.ADMIN]).user
    )

    assert admin.get(address(assignment)).status_code == 403
    assert send(admin, assignment, create()).status_code == 403
    assert submit(admin, assignment).status_code == 403
    answer = admin.post(address(assignment, "release/"))
    assert (answer.status_code, answer.json()["state"]) == (200, "released")


def test_another_coders_work_is_not_to_be_found(assignment):
    other = AssignmentFactory(task=assignment.task)
    client = client_of(other.coder.user)

    for rest in ("", "history/", "drafts/"):
        assert client.get(address(assignment, rest)).status_code == 404
    assert send(client, assignment, create()).status_code == 404
    assert send(client, assignment, colour="red").status_code == 404
    broken = client.post(address(assignment, "ops/"), "{", content_type="application/json")
    assert broken.status_code == 404
    assert submit(client, assignment).status_code == 404
    assert client.post(address(assignment, "release/")).status_code == 404
    assert Assignment.objects.get(pk=assignment.pk).state == AssignmentState.ASSIGNED


def test_the_answer_to_a_coder_does_not_depend_on_another_coder(assignment, client):
    other = AssignmentFactory(task=assignment.task)
    send(client, assignment, create())
    before = client.get(address(assignment)).content

    send(client_of(other.coder.user), other, create(label="claim"))
    submit(client_of(other.coder.user), other, doc_rev=1)

    assert client.get(address(assignment)).content == before


def test_offsets_count_code_points():
    article = ArticleFactory(text="😀 Ada 🇳🇱")
    assignment = AssignmentFactory(
        task=TaskFactory(article=article, batch=BatchFactory(project=article.project))
    )
    client = client_of(assignment.coder.user)

    answer = send(client, assignment, create(start=2, end=5, quote="Ada"))

    assert [result["status"] for result in answer.json()["results"]] == ["applied"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("rest", "queries"), [("", 5), ("history/", 4), ("drafts/", 4)])
def test_work_costs_the_same_number_of_queries_however_much_was_done(
    rest, queries, rows, assignment, client, django_assert_num_queries
):
    for _ in range(rows):
        send(client, assignment, create())
        RecoveredDraft.objects.create(
            assignment=assignment,
            sent_by=assignment.coder.user,
            reason="released",
            ops=[],
            received_at=MONDAY,
        )

    with django_assert_num_queries(queries):
        client.get(address(assignment, rest))


@pytest.mark.parametrize("amount", [1, 20])
def test_the_next_article_costs_nine_queries_however_much_waits(amount, django_assert_num_queries):
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    for position in range(amount):
        AssignmentFactory(coder=member, task=TaskFactory(batch=batch), position=position)
    client = client_of(member.user)
    address = f"/api/v1/projects/{member.project.slug}/next/"
    client.post(address)

    with django_assert_num_queries(9 + 2):
        assert client.post(address).status_code == 200


@pytest.mark.parametrize("amount", [1, 20])
@pytest.mark.parametrize("step", ["create", "update", "delete"])
def test_saving_costs_five_queries_however_much_is_sent_and_was_done(
    step, amount, assignment, client, django_assert_num_queries
):
    made = [create() for _ in range(amount)]
    send(client, assignment, *made)
    steps = {
        "create": [create() for _ in made],
        "update": [create(type="update", span_id=op["span_id"], base_rev=1) for op in made],
        "delete": [
            {"op_id": str(uuid.uuid4()), "seq": 2, "type": "delete", "span_id": op["span_id"]}
            for op in made
        ],
    }

    # The session and its user are among the five; the test's save point makes two more.
    with django_assert_num_queries(5 + 2):
        answer = send(client, assignment, *steps[step], since=0)

    assert {result["status"] for result in answer.json()["results"]} == {"applied"}
    assert len(answer.json()["changes"]) == amount * (2 if step == "create" else 1)
