import uuid

import pytest
from rest_framework.test import APIClient

from annotations.enums import Role, TaskState
from annotations.models import RulingDraft, Task
from annotations.queries import agreement
from tests.factories import TEXT, BatchFactory, MemberFactory, ProjectFactory, UserFactory
from tests.stories import adjudicator_of, coded_task

pytestmark = pytest.mark.django_db

MAYOR = {"label": "actor", "start": 0, "end": 16}
BRANDT = {"label": "actor", "start": 6, "end": 16}
VELMORA = {"label": "location", "start": 25, "end": 32}


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


@pytest.fixture
def task():
    """Two coders who agree on a place and differ on where the mayor begins."""
    return coded_task([MAYOR, VELMORA], [BRANDT, VELMORA])


@pytest.fixture
def client(task):
    return client_of(adjudicator_of(task))


def address(task, rest=""):
    return f"/api/v1/tasks/{task.uuid}/adjudication/{rest}"


def open_card(client, task):
    document = client.get(address(task)).json()
    return next(card for card in document["cards"] if card["decision"] is None)


def rule(client, task, card, **body):
    version = Task.objects.get(pk=task.pk).version
    return client.put(
        address(task, f"cards/{card['id']}/"), {"base_version": version, **body}, format="json"
    )


def test_the_document_tells_who_disagrees_where_and_never_who_they_are(task, client):
    answer = client.get(address(task))

    assert answer.status_code == 200
    body = answer.json()
    assert body["article"]["text"] == TEXT
    assert (body["version"], body["state"], body["coders"]) == (1, "coded", ["A", "B"])
    assert [card["kind"] for card in body["cards"]] == ["boundary", "agreed"]
    candidate = body["cards"][0]["candidates"][0]
    assert set(candidate["spans"][0]) == {
        "id",
        "rev",
        "start",
        "end",
        "label",
        "quote",
        "attributes",
        "links",
        "note",
    }
    (gold,) = body["gold"]
    assert (gold["quote"], gold["source"], gold["coders"]) == ("Velmora", "unanimous", ["A", "B"])
    assert gold["decision"] == body["cards"][1]["decision"]["id"]
    for assignment in task.assignments.select_related("coder__user"):
        for secret in (assignment.uuid, assignment.coder.uuid, assignment.coder.user.username):
            assert str(secret) not in answer.content.decode()


def test_a_ruling_is_answered_with_its_card_and_the_next_version(task, client):
    card = open_card(client, task)

    answer = rule(client, task, card, outcome="accept", coder="A", reason="as the book says")

    assert answer.status_code == 200
    body = answer.json()
    assert body["version"] == 2
    assert body["card"]["id"] == card["id"]
    decision = body["card"]["decision"]
    assert (decision["outcome"], decision["coder"]) == ("accept", "A")
    assert (decision["automatic"], decision["stale"]) == (False, False)
    assert decision["spans"][0]["quote"] == card["candidates"][0]["spans"][0]["quote"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, "outcome"),
        ({"outcome": "perhaps"}, 422, "outcome"),
        ({"outcome": "accept"}, 422, "coder"),
        ({"outcome": "accept", "coder": "Q"}, 422, "coder"),
        ({"outcome": "edit", "spans": [{"start": 0}]}, 422, "spans.0.label"),
        ({"outcome": "edit", "spans": [{**MAYOR, "end": 600}]}, 422, "spans.0.end"),
        ({"outcome": "edit", "spans": [{**MAYOR, "start": 2**40}]}, 422, "spans.0.start"),
        ({"outcome": "edit", "spans": [{**MAYOR, "colour": "red"}]}, 400, "colour"),
        ({"outcome": "reject", "base_version": "new"}, 422, "base_version"),
        ({"outcome": "reject", "confidence": -1}, 422, "confidence"),
        ({"outcome": "reject", "by": "somebody"}, 400, "by"),
    ],
)
def test_what_is_wrong_with_a_ruling_is_named(task, client, body, status, field):
    answer = rule(client, task, open_card(client, task), **body)

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    assert open_card(client, task)["decision"] is None


def test_a_late_ruling_is_409_and_kept(task, client):
    card = open_card(client, task)
    rule(client, task, card, outcome="reject")

    answer = rule(client, task, card, outcome="unclear", base_version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert RulingDraft.objects.get().body["outcome"] == "unclear"


def test_a_card_that_is_not_there_is_404(task, client):
    answer = rule(client, task, {"id": "0" * 32}, outcome="reject")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_card_can_be_reopened(task, client):
    card = open_card(client, task)
    rule(client, task, card, outcome="reject")

    answer = client.delete(address(task, f"cards/{card['id']}/?base_version=2"))

    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["card"]["decision"]) == (3, None)
    again = client.delete(address(task, f"cards/{card['id']}/?base_version=3"))
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("query", "status"), [("", 422), ("?base_version=x", 422), ("?now=1", 400)]
)
def test_reopening_a_card_needs_a_version(task, client, query, status):
    card = open_card(client, task)

    answer = client.delete(address(task, f"cards/{card['id']}/{query}"))

    assert answer.status_code == status


def test_a_span_is_added_and_taken_back(task, client):
    event = {"base_version": 1, "label": "event", "start": 42, "end": 47, "note": "R3.1"}

    added = client.post(address(task, "spans/"), event, format="json")

    assert added.status_code == 201
    span = added.json()["span"]
    assert (span["quote"], span["source"], span["coders"]) == ("talks", "adjudicated", [])
    document = client.get(address(task)).json()
    assert span in document["gold"]
    assert document["added"][0]["decision"]["note"] == "R3.1"

    taken = client.delete(address(task, f"spans/{span['id']}/?base_version=2"))

    assert (taken.status_code, taken.json()["version"]) == (200, 3)
    assert span not in client.get(address(task)).json()["gold"]


def test_a_repeated_addition_adds_once(task, client):
    event = {"base_version": 1, "label": "event", "start": 42, "end": 47}

    answers = [
        client.post(
            address(task, "spans/"), event, format="json", headers={"Idempotency-Key": "k1"}
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(client.get(address(task)).json()["added"]) == 1


def test_a_late_addition_with_a_key_is_kept_too(task, client):
    rule(client, task, open_card(client, task), outcome="reject")
    event = {"base_version": 1, "label": "event", "start": 42, "end": 47}

    answer = client.post(
        address(task, "spans/"), event, format="json", headers={"Idempotency-Key": "k1"}
    )

    assert answer.status_code == 409
    assert RulingDraft.objects.get().body["start"] == 42


def test_finishing_waits_for_every_card_and_can_be_repeated(task, client):
    assert client.post(address(task, "finish/")).status_code == 409

    rule(client, task, open_card(client, task), outcome="unclear")
    first = client.post(address(task, "finish/"))
    second = client.post(address(task, "finish/"))

    assert (first.status_code, first.json()["state"]) == (200, "adjudicated")
    assert first.json() == second.json()
    gold = client.get(address(task)).json()["gold"]
    assert [row["quote"] for row in gold] == ["Velmora"]


def test_a_finished_task_is_reopened_before_it_is_ruled_on(task, client):
    card = open_card(client, task)
    rule(client, task, card, outcome="reject")
    client.post(address(task, "finish/"))

    assert rule(client, task, card, outcome="unclear").status_code == 409
    assert client.post(address(task, "reopen/")).json()["state"] == "adjudicating"
    assert rule(client, task, card, outcome="unclear").status_code == 200
    assert client.post(address(task, "reopen/")).status_code == 409


def test_work_is_returned_by_letter(task, client):
    answer = client.post(
        address(task, "return/"), {"coder": "B", "note": "Look again."}, format="json"
    )

    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert task.assignments.get(state="returned").return_note == "Look again."
    assert client.post(address(task, "return/"), {"coder": "B"}, format="json").status_code == 409


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ([Role.ADJUDICATOR], 200),
        ([Role.ADMIN], 403),
        ([Role.CODER], 404),
        ([Role.RESEARCHER], 404),
    ],
)
def test_only_adjudicators_adjudicate(task, roles, status):
    member = MemberFactory(project=task.batch.project, roles=roles)

    assert client_of(member.user).get(address(task)).status_code == status


def test_strangers_do_not_know_of_a_task(task):
    assert client_of(UserFactory()).get(address(task)).status_code == 404
    assert APIClient().get(address(task)).status_code == 401


def test_who_coded_a_task_can_not_see_it_before_it_is_adjudicated_nor_rule_on_it_after(
    task, client
):
    coder = task.assignments.first().coder
    coder.roles = [Role.CODER, Role.ADJUDICATOR]
    coder.save(update_fields=["roles"])
    assert client_of(coder.user).get(address(task)).status_code == 404

    rule(client, task, open_card(client, task), outcome="reject")
    client.post(address(task, "finish/"))

    assert client_of(coder.user).get(address(task)).status_code == 403


def tasks_of(client, project, query=""):
    answer = client.get(f"/api/v1/projects/{project.slug}/tasks/{query}")
    assert answer.status_code == 200
    return [row["id"] for row in answer.json()["results"]]


@pytest.fixture
def queue():
    """A project with a calm task, a disputed one and a finished one, and its adjudicator."""
    batch = BatchFactory(project=ProjectFactory(settings={"auto_finish": False}))
    calm = coded_task([VELMORA], [VELMORA], batch=batch)
    hot = coded_task([MAYOR], [], batch=batch)
    done = coded_task([BRANDT], [BRANDT], batch=BatchFactory(project=batch.project))
    Task.objects.filter(pk=done.pk).update(state=TaskState.ADJUDICATING)
    return calm, hot, done, adjudicator_of(calm)


def test_the_most_disputed_task_comes_first(queue):
    calm, hot, done, person = queue
    ids = [str(task.uuid) for task in (hot, calm, done)]
    client = client_of(person)

    assert tasks_of(client, calm.batch.project) == ids

    first = client.get(f"/api/v1/projects/{calm.batch.project.slug}/tasks/?page_size=2").json()
    second = client.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == ids


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=coded", ["hot", "calm"]),
        ("?state=adjudicating", ["done"]),
        ("?kind=missing", ["hot"]),
        ("?kind=agreed", ["calm", "done"]),
        ("?label=location", ["calm"]),
        ("?label=actor", ["hot", "done"]),
        ("?kind=agreed&label=actor", ["done"]),
        ("?kind=missing&label=location", []),
    ],
)
def test_tasks_are_narrowed_by_what_their_cards_hold(queue, query, found):
    tasks = dict(zip(("calm", "hot", "done"), queue[:3], strict=True))

    assert tasks_of(client_of(queue[3]), queue[0].batch.project, query) == [
        str(tasks[name].uuid) for name in found
    ]


def test_tasks_are_narrowed_to_a_batch(queue):
    calm, _hot, done, person = queue
    client = client_of(person)

    assert tasks_of(client, calm.batch.project, f"?batch={done.batch.uuid}") == [str(done.uuid)]
    assert tasks_of(client, calm.batch.project, f"?batch={uuid.uuid4()}") == []


def test_tasks_are_narrowed_to_a_pair_as_agreement_names_them(queue):
    calm, hot, _done, person = queue
    client, project = client_of(person), calm.batch.project
    called = agreement.called(project, person)
    mine, others = (
        [called[str(work.coder.uuid)] for work in task.assignments.all()] for task in (hot, calm)
    )

    assert tasks_of(client, project, f"?coder={mine[0]}&against={mine[1]}") == [str(hot.uuid)]
    assert tasks_of(client, project, f"?against={mine[1]}") == [str(hot.uuid)]
    assert tasks_of(client, project, f"?coder={others[0]}&against={others[1]}") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [("?state=busy", 422), ("?batch=1", 422), ("?coder=nobody", 422), ("?order=key", 400)],
)
def test_a_query_that_makes_no_sense_is_refused(queue, query, status):
    answer = client_of(queue[3]).get(
        f"/api/v1/projects/{queue[0].batch.project.slug}/tasks/{query}"
    )

    assert answer.status_code == status


def test_the_list_takes_the_same_queries_at_one_and_three_tasks(queue, django_assert_num_queries):
    calm, *_, person = queue
    single = coded_task([MAYOR], [])
    for project, user, number in (
        (single.batch.project, adjudicator_of(single), 1),
        (calm.batch.project, person, 3),
    ):
        client = client_of(user)
        with django_assert_num_queries(5):
            assert len(tasks_of(client, project)) == number


def test_coders_and_researchers_have_no_list_of_tasks(queue):
    project = queue[0].batch.project
    for role in (Role.CODER, Role.RESEARCHER):
        client = client_of(MemberFactory(project=project, roles=[role]).user)
        assert client.get(f"/api/v1/projects/{project.slug}/tasks/").status_code == 403
