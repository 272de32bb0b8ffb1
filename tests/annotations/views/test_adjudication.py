import pytest

from annotations.actions import adjudication
from annotations.enums import Role, TaskState
from tests.factories import (
    TUESDAY,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
)
from tests.stories import adjudicator_of, coded_task

pytestmark = pytest.mark.django_db

MAYOR = {"label": "actor", "start": 0, "end": 16}
VELMORA = {"label": "location", "start": 25, "end": 32}


@pytest.fixture
def batch():
    project = ProjectFactory(settings={"auto_finish": False})
    CodebookFactory(project=project)
    return BatchFactory(project=project)


def queue_of(client, project, query=""):
    return client.get(f"/projects/{project.slug}/adjudication/{query}")


def test_the_queue_begins_with_the_most_disputed_article(client, batch):
    calm = coded_task([MAYOR], [MAYOR], batch=batch)
    hot = coded_task([MAYOR, VELMORA], [], batch=batch)
    client.force_login(adjudicator_of(calm))

    page = queue_of(client, batch.project)

    assert list(page.context["tasks"]) == [hot, calm]


def test_the_queue_is_narrowed_by_dispute_and_label_and_so_is_the_way_on(client, batch):
    missing = coded_task([VELMORA], [], batch=batch)
    other_label = coded_task([MAYOR], [{**MAYOR, "label": "location"}], batch=batch)
    client.force_login(adjudicator_of(missing))

    def found(query):
        return list(queue_of(client, batch.project, query).context["tasks"])

    assert found("?kind=label") == [other_label]
    assert found("?kind=missing&label=location") == [missing]
    assert found("?kind=missing&label=actor") == []
    assert set(found("?kind=feud")) == {missing, other_label}
    way_on = client.get(f"/projects/{batch.project.slug}/adjudication/next/?kind=label")
    assert way_on["Location"] == f"/tasks/{other_label.uuid}/?kind=label"
    page = client.get(way_on["Location"]).content.decode()
    assert f'data-next-url="/projects/{batch.project.slug}/adjudication/next/?kind=label"' in page


def test_the_queue_is_narrowed_to_a_batch_and_so_is_the_way_on(client, batch):
    first = coded_task([MAYOR], [], batch=batch)
    other = coded_task([MAYOR], [], batch=BatchFactory(project=batch.project))
    client.force_login(adjudicator_of(first))

    page = queue_of(client, batch.project, f"?batch={other.batch.uuid}")
    way_on = client.get(f"/projects/{batch.project.slug}/adjudication/next/?batch={batch.uuid}")
    unknown = queue_of(client, batch.project, f"?batch={BatchFactory().uuid}")

    assert list(page.context["tasks"]) == [other]
    html = page.content.decode()
    assert f'<option value="{batch.uuid}">{batch.name}</option>' in html
    # What would stand in every row is said once.
    assert 'data-label="Batch"' not in html
    assert 'data-label="Batch"' in queue_of(client, batch.project).content.decode()
    assert way_on["Location"] == f"/tasks/{first.uuid}/?batch={batch.uuid}"
    assert set(unknown.context["tasks"]) == {first, other}


def coders_of(task):
    """Return the members who coded ``task``, in the order in which their work was given."""
    return [assignment.coder for assignment in task.assignments.order_by("pk")]


def test_the_queue_is_narrowed_to_a_coder_and_to_a_pair_that_differs(client):
    project = ProjectFactory(settings={"auto_finish": False, "show_names": True})
    batch = BatchFactory(project=project)
    trio = coded_task([MAYOR, VELMORA], [MAYOR, VELMORA], [VELMORA], batch=batch)
    alone = coded_task([MAYOR], [], batch=batch)
    ann, ben, cem = (member.user.username for member in coders_of(trio))
    client.force_login(adjudicator_of(trio))

    def found(query):
        return list(queue_of(client, project, query).context["tasks"])

    assert found(f"?coder={ann}") == [trio]
    assert found(f"?coder={ann}&against={cem}") == [trio]
    assert found(f"?coder={ann}&against={cem}&kind=missing&label=actor") == [trio]
    assert found(f"?coder={cem}&against={ben}") == [trio]
    assert found(f"?coder={ann}&against={ben}") == []
    assert found(f"?coder={ann}&against={cem}&label=location") == []
    assert set(found("?coder=nobody")) == {trio, alone}


def test_a_blind_adjudicator_asks_for_a_pair_without_learning_who_it_is(client, batch):
    task = coded_task([MAYOR], [], batch=batch)
    coded_task([VELMORA], [VELMORA], batch=batch)
    client.force_login(adjudicator_of(task))

    page = queue_of(client, batch.project)

    offered = [name for name, _ in page.context["form"].fields["coder"].choices]
    assert offered[0] == ""
    assert all(name.startswith("coder-") for name in offered[1:])
    assert len(offered) == 5
    for member in coders_of(task):
        assert member.user.username not in page.content.decode()
        assert str(member.uuid) not in page.content.decode()
    pairs = [(one, other) for one in offered[1:] for other in offered[1:] if one < other]
    found = [
        queue_of(client, batch.project, f"?coder={one}&against={other}").context["tasks"]
        for one, other in pairs
    ]
    assert sorted(map(len, found)) == [0, 0, 0, 0, 0, 1]


def test_finished_articles_are_on_a_list_of_their_own(client, batch):
    task = coded_task([MAYOR], [MAYOR], batch=batch)
    person = adjudicator_of(task)
    adjudication.finish(task=task, by=person, at=TUESDAY)
    client.force_login(person)

    assert list(queue_of(client, batch.project).context["tasks"]) == []
    assert list(queue_of(client, batch.project, "?show=finished").context["tasks"]) == [task]


def test_a_long_queue_has_pages(client, batch):
    tasks = [TaskFactory(batch=batch, state=TaskState.CODED) for _ in range(51)]
    client.force_login(adjudicator_of(tasks[0]))

    second = queue_of(client, batch.project, "?page=2")

    assert list(second.context["tasks"]) == tasks[50:]
    assert 'href="?show=waiting&amp;page=1"' in second.content.decode()


def test_an_adjudicator_is_not_offered_what_they_coded(client, batch):
    task = coded_task([MAYOR], [], batch=batch)
    coder = task.assignments.first().coder
    coder.roles = [Role.CODER, Role.ADJUDICATOR]
    coder.save(update_fields=["roles"])
    other = coded_task([MAYOR], [], batch=BatchFactory(project=batch.project))
    client.force_login(coder.user)

    assert list(queue_of(client, batch.project).context["tasks"]) == [other]
    assert client.get(f"/tasks/{task.uuid}/").status_code == 404


def test_next_is_the_most_disputed_article_and_the_queue_when_none_waits(client, batch):
    task = coded_task([MAYOR], [MAYOR], batch=batch)
    person = adjudicator_of(task)
    client.force_login(person)
    address = f"/projects/{batch.project.slug}/adjudication/next/"

    assert client.get(address).url == f"/tasks/{task.uuid}/"
    adjudication.finish(task=task, by=person, at=TUESDAY)
    assert client.get(address).url == f"/projects/{batch.project.slug}/adjudication/"


def test_next_leaves_out_what_is_named_and_what_a_colleague_is_at(client, batch):
    first, second, third = (
        coded_task(*marks, batch=batch)
        for marks in ([[MAYOR, VELMORA], []], [[VELMORA], []], [[MAYOR], [MAYOR]])
    )
    colleague = adjudicator_of(first)
    client.force_login(adjudicator_of(first))
    adjudication.take(task=second, by=colleague)
    address = f"/projects/{batch.project.slug}/adjudication/next/"

    assert client.get(address).url == f"/tasks/{first.uuid}/"
    assert client.get(f"{address}?but={first.uuid}&but=nonsense").url == f"/tasks/{third.uuid}/"
    nothing_left = client.get(f"{address}?but={first.uuid}&but={third.uuid}&kind=missing")
    assert nothing_left.url == f"/projects/{batch.project.slug}/adjudication/?kind=missing"


@pytest.mark.parametrize("finishes", [True, False])
def test_the_page_knows_whether_articles_finish_by_themselves(client, finishes):
    task = coded_task([MAYOR], [], settings={"auto_finish": finishes})
    client.force_login(adjudicator_of(task))

    page = client.get(f"/tasks/{task.uuid}/").content.decode()

    assert ("data-finishes" in page) is finishes


def test_the_page_shows_the_text_and_no_coders_name(client, batch):
    task = coded_task([MAYOR], [], batch=batch)
    client.force_login(adjudicator_of(task))

    page = client.get(f"/tasks/{task.uuid}/")

    assert page.status_code == 200
    assert task.article.text in page.content.decode()
    for assignment in task.assignments.select_related("coder__user"):
        assert assignment.coder.user.username not in page.content.decode()


@pytest.mark.parametrize(
    ("roles", "queue", "page"),
    [
        ([Role.ADJUDICATOR], 200, 200),
        ([Role.ADMIN], 403, 403),
        ([Role.CODER], 403, 404),
        ([Role.RESEARCHER], 403, 404),
    ],
)
def test_the_pages_are_the_adjudicators(client, batch, roles, queue, page):
    task = coded_task([MAYOR], [], batch=batch)
    client.force_login(MemberFactory(project=batch.project, roles=roles).user)

    assert queue_of(client, batch.project).status_code == queue
    assert client.get(f"/tasks/{task.uuid}/").status_code == page


def test_the_queue_takes_the_same_queries_at_one_and_three_articles(
    client, batch, django_assert_num_queries
):
    single = coded_task([MAYOR], [])
    three = [coded_task([MAYOR], [], batch=batch) for _ in range(3)]
    for task, length in ((single, 1), (three[0], 3)):
        client.force_login(adjudicator_of(task))
        with django_assert_num_queries(13):
            page = queue_of(client, task.batch.project)
        assert len(page.context["tasks"]) == length
