import pytest

from annotations.enums import AssignmentState, Role
from tests.coder import MAYOR, VELMORA, save, step
from tests.factories import AssignmentFactory, MemberFactory, TaskFactory

pytestmark = pytest.mark.django_db


def coded(coder, *places):
    task = TaskFactory(batch__project=coder.project)
    assignment = AssignmentFactory(coder=coder, task=task)
    save(assignment, *[step(extent=extent, label=label) for label, extent in places])
    return assignment


def found(client, coder, **query):
    client.force_login(coder.user)
    answer = client.get(f"/api/v1/projects/{coder.project.slug}/own-spans/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_coder_finds_how_the_same_words_were_tagged_before(client):
    coder = MemberFactory(roles=[Role.CODER])
    first = coded(coder, ("location", VELMORA), ("actor", MAYOR))
    second = coded(coder, ("actor", VELMORA))

    rows = found(client, coder, q="velMORA")

    assert [(row["label"], row["quote"], row["assignment"]) for row in rows] == [
        ("actor", "Velmora", str(second.uuid)),
        ("location", "Velmora", str(first.uuid)),
    ]
    assert [row["label"] for row in found(client, coder, q="velmora", label="actor")] == ["actor"]


def test_a_span_comes_with_the_words_around_it_and_the_page_that_shows_it(client):
    coder = MemberFactory(roles=[Role.CODER])
    assignment = coded(coder, ("location", VELMORA), ("actor", MAYOR))
    text = assignment.task.article.text

    place, mayor = found(client, coder)[::-1]

    for row in (place, mayor):
        start, end = row["start"], row["end"]
        assert row["before"] == text[max(start - 60, 0) : start]
        assert row["after"] == text[end : end + 60]
    assert client.get(place["url"].partition("#")[0]).status_code == 200
    assert place["url"].endswith(place["id"])


def test_nobody_finds_the_work_of_others_nor_what_was_taken_away(client):
    coder = MemberFactory(roles=[Role.CODER, Role.ADMIN, Role.ADJUDICATOR])
    other = MemberFactory(project=coder.project, roles=[Role.CODER])
    coded(other, ("actor", VELMORA))
    coded(MemberFactory(user=coder.user, roles=[Role.CODER]), ("actor", VELMORA))
    gone = coded(coder, ("actor", VELMORA))
    gone.refresh_from_db()
    gone.state = AssignmentState.RELEASED
    gone.save()

    assert found(client, coder, q="Velmora") == []


def test_wildcards_are_letters(client):
    coder = MemberFactory(roles=[Role.CODER])
    coded(coder, ("actor", VELMORA))

    assert found(client, coder, q="%") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_finding_takes_the_same_queries_for_one_span_and_three(
    rows, client, django_assert_num_queries
):
    coder = MemberFactory(roles=[Role.CODER])
    for _ in range(rows):
        coded(coder, ("actor", VELMORA))
    client.force_login(coder.user)

    with django_assert_num_queries(5):
        answer = client.get(f"/api/v1/projects/{coder.project.slug}/own-spans/?q=Velmora")

    assert len(answer.json()["results"]) == rows
