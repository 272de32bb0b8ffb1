import pytest

from annotations.enums import AssignmentState, Role
from annotations.models import Assignment, AuditEvent
from tests.annotations.actions.disputes import BRANDT, MAYOR, VELMORA, actor, place
from tests.coder import hand_in, save, step
from tests.factories import ArticleFactory, CodebookFactory, MemberFactory, ProjectFactory
from tests.stories import article_with_gold, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = ProjectFactory(name="Lake talks")
    CodebookFactory(project=project)
    return project


@pytest.fixture
def coder(project, client):
    member = MemberFactory(project=project, user__username="ann")
    client.force_login(member.user)
    return member


@pytest.fixture
def works(project, coder):
    articles = [
        article_with_gold(project, actor(MAYOR), place(VELMORA), meta={"title": title})
        for title in ("The talks", "The flood")
    ]
    batch = opened(project, coder, articles=articles, training=True, name="Training")
    return list(Assignment.objects.filter(task__batch=batch).order_by("position"))


def code(work, *marks):
    save(work, *[step(label=label, extent=extent) for label, extent in marks])
    hand_in(work)


def address(work):
    return f"/training/{work.task.uuid}/"


def test_the_annotation_page_leads_to_what_differs(client, works):
    page = client.get(f"/assignments/{works[0].uuid}/").content.decode()

    assert f'data-page-url-pattern="{address(works[0])}"' in page
    assert f'data-home-url="{address(works[0])}"' in page
    assert str(works[0].uuid) not in address(works[0])
    assert "This is training" in page


def test_what_differs_is_shown_with_figures_once_it_is_handed_in(client, works):
    work, following = works
    before = client.get(address(work))
    assert (before.status_code, before["Location"]) == (302, f"/assignments/{work.uuid}/")

    code(work, ("actor", BRANDT), ("location", VELMORA))
    page = client.get(address(work)).content.decode()

    assert "1 place differs from gold" in page
    assert "Gold begins or ends elsewhere" in page
    assert "0.500" in page
    assert f"/assignments/{following.uuid}/" in page


def test_work_that_is_gold_is_praised(client, works):
    code(works[0], ("actor", MAYOR), ("location", VELMORA))

    page = client.get(address(works[0])).content.decode()

    assert "Gold is what you handed in" in page
    assert "1.000" in page


def test_trying_again_goes_back_to_the_article(client, works):
    work = works[0]
    code(work, ("actor", BRANDT))

    answer = client.post(f"{address(work)}again/")

    assert (answer.status_code, answer["Location"]) == (302, f"/assignments/{work.uuid}/")
    work.refresh_from_db()
    assert work.state == AssignmentState.CODING
    code(work, ("actor", MAYOR))
    page = client.get(address(work)).content.decode()
    assert "this one counts" in page
    assert "practice" in page


def test_what_can_not_be_tried_again_is_said(client, works):
    answer = client.post(f"{address(works[0])}again/", follow=True)

    assert "This article is not handed in." in answer.content.decode()


def test_training_is_shown_to_its_coder_alone(client, project, works):
    code(works[0], ("actor", BRANDT))
    for roles in ([Role.CODER], [Role.ADMIN, Role.ADJUDICATOR]):
        client.force_login(MemberFactory(project=project, roles=roles).user)
        assert client.get(address(works[0])).status_code == 404
        assert client.post(f"{address(works[0])}again/").status_code == 404


def test_real_work_has_no_such_page(client, project, coder):
    batch = opened(project, coder, articles=[ArticleFactory(project=project)])
    work = Assignment.objects.get(task__batch=batch)
    code(work, ("actor", MAYOR))

    assert client.get(address(work)).status_code == 404


def pool_for(project, coder):
    return opened(
        project,
        coder,
        articles=[ArticleFactory(project=project)],
        strategy="pool",
        name="Round 3",
        required_f1=0.8,
        required_articles=2,
    )


def test_home_says_what_is_missing_and_leads_to_the_training(client, project, coder, works):
    pool_for(project, coder)

    for page in ("/", f"/projects/{project.slug}/"):
        shown = client.get(page).content.decode()
        assert "Draw the next article" not in shown
    home = client.get("/").content.decode()
    assert "you have handed in 0 so far." in home
    assert f'<a href="/assignments/{works[0].uuid}/">Go on with your training</a>' in home
    for work in works:
        code(work)
    home = client.get("/").content.decode()
    assert "yours come to 0.000." in home
    assert "ask the admin of the project for more" in home


def test_drawing_from_a_closed_pool_says_what_is_missing(client, project, coder):
    pool_for(project, coder)

    answer = client.post(f"/projects/{project.slug}/next/", follow=True)

    assert "you have handed in 0 so far." in answer.content.decode()


def test_the_batch_page_shows_what_each_coder_came_to(client, project, works):
    code(works[0], ("actor", MAYOR), ("location", VELMORA))
    client.force_login(MemberFactory(project=project, roles=[Role.ADMIN]).user)

    page = client.get(f"/batches/{works[0].task.batch.uuid}/").content.decode()

    assert "How the coders do" in page
    assert "1 of 2" in page
    assert "1.000" in page
    assert "to rule on" not in page


def test_an_admin_lets_a_coder_in_by_hand(client, project, coder):
    pool_for(project, coder)
    client.force_login(MemberFactory(project=project, roles=[Role.ADMIN]).user)
    member = f"/projects/{project.slug}/people/{coder.uuid}/"
    assert "requires a strict F1 of 0.800 over 2" in client.get(member).content.decode()

    refused = client.post(f"{member}admit/", {"note": ""}, follow=True)
    assert "Say why." in refused.content.decode()
    admitted = client.post(f"{member}admit/", {"note": "Trained elsewhere."}, follow=True)
    assert "ann is admitted to every batch." in admitted.content.decode()
    assert "Trained elsewhere." in admitted.content.decode()
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.MEMBER_ADMITTED).exists()

    ended = client.post(f"{member}admit/end/", follow=True)
    assert "Training decides again" in ended.content.decode()
    assert (
        "was not admitted by hand"
        in client.post(f"{member}admit/end/", follow=True).content.decode()
    )


def test_a_coder_does_not_let_anybody_in(client, project, coder):
    member = f"/projects/{project.slug}/people/{coder.uuid}/"

    assert client.post(f"{member}admit/", {"note": "Me."}).status_code == 403
    assert client.post(f"{member}admit/end/").status_code == 403
    assert "Admit by hand" not in client.get(member).content.decode()


def test_the_planner_makes_training_and_says_what_a_batch_requires(client, project, coder):
    article_with_gold(project, actor(MAYOR))
    ArticleFactory(project=project)
    client.force_login(MemberFactory(project=project, roles=[Role.ADMIN]).user)
    new = f"/projects/{project.slug}/batches/new/"
    asked = {"name": "Training", "source": "search", "coders": ["ann"], "coders_per_article": 1}

    preview = client.post(f"{new}preview/", asked | {"training": "on"}).content.decode()
    assert "1 article is given out." in preview
    half = client.post(f"{new}preview/", asked | {"required_f1": "0.8"}).content.decode()
    assert "Say both" in half
    named = asked | {"required_f1": "0.8", "required_articles": "2"}
    assert "nor by hand: ann." in client.post(f"{new}preview/", named).content.decode()
    client.post(new, asked | {"training": "on"})
    client.post(new, named | {"name": "Pool", "strategy": "pool"})

    trained, pool = project.batches.filter(name__in=["Training", "Pool"]).order_by("pk")
    assert (trained.is_training, trained.tasks.count()) == (True, 1)
    assert (pool.is_training, pool.required_f1, pool.required_articles) == (False, 0.8, 2)
