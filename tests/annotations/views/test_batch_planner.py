import re
from datetime import timedelta

import pytest

from annotations.enums import AssignmentState, Role
from annotations.models import Assignment, Batch, Cluster, ImportJob
from tests.factories import (
    MONDAY,
    ArticleFactory,
    AssignmentFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/batches/new/"


@pytest.fixture
def preview(signed_in, address):
    """Return what shows the plan for a form, as one line of text."""

    def show(**changes):
        answer = signed_in.post(f"{address}preview/", wish(**changes))
        assert answer.status_code == 200
        return words(answer.content.decode())

    return show


def wish(**changes):
    return {"name": "First", "coders": ["ann", "ben"], "coders_per_article": 2} | changes


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_plan_is_seen_before_it_is_made(signed_in, address, preview, admin, coders):
    ArticleFactory.create_batch(3, project=admin.project)

    shown = preview(name="")
    assert not Batch.objects.exists()
    made = signed_in.post(address, wish())

    assert "3 articles are given out." in shown
    assert "codings 6" in shown
    batch = Batch.objects.get()
    assert made["Location"] == f"/batches/{batch.uuid}/"
    assert Assignment.objects.count() == 6


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (lambda a: {}, 3),
        (lambda a: {"q": "rain"}, 1),
        (lambda a: {"outlet": "Post", "language": "en"}, 1),
        (lambda a: {"from": "2026-03-01", "to": "2026-03-02"}, 1),
        (lambda a: {"import": str(a[0].import_job.uuid)}, 1),
        (lambda a: {"batch": "none"}, 2),
        (lambda a: {"batch": str(a[0].tasks.get().batch.uuid)}, 1),
        (lambda a: {"cluster": "tale"}, 1),
        (lambda a: {"cluster": "tale", "versions": "whole"}, 1),
        (lambda a: {"sample": 2}, 2),
        (lambda a: {"source": "ids", "ids": [str(a[0].uuid), str(a[2].uuid)]}, 2),
    ],
)
def test_articles_are_chosen_by_a_search_or_by_hand(
    signed_in, address, admin, coders, change, count
):
    articles = [
        ArticleFactory(
            project=admin.project,
            text="Rain again",
            cluster=Cluster.objects.create(project=admin.project, name="tale"),
        ),
        ArticleFactory(project=admin.project, meta={"outlet": "Post", "language": "en"}),
        ArticleFactory(project=admin.project, meta={"published_at": "2026-03-02"}),
    ]
    TaskFactory(batch__project=admin.project, article=articles[0])

    signed_in.post(address, wish(**change(articles)))

    assert Batch.objects.get(name="First").tasks.count() == count


def test_how_the_work_is_given_out_is_kept(signed_in, address, admin, coders):
    ArticleFactory.create_batch(4, project=admin.project)

    signed_in.post(
        address,
        wish(overlap=25, order="shuffled", seed=3, priority=3, due="2026-05-01", versions="one"),
    )

    batch = Batch.objects.get()
    assert (batch.overlap, batch.order, batch.seed, batch.priority) == (0.25, "shuffled", 3, 3)
    assert batch.selection == {"search": {}, "clusters": "one"}
    assert sorted(task.coders_wanted for task in batch.tasks.all()) == [1, 1, 1, 2]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"coders_per_article": 3}, "3 coders an article, but 2 to choose from."),
        ({"sample": 9}, "There are 1 articles to sample from."),
        ({"q": "nowhere"}, "There are no articles in this selection."),
        ({"source": "ids"}, "Say which articles."),
        ({"overlap": 101}, "less than or equal to 100"),
        ({"hours_a_day": 0}, "greater than or equal to 0.25"),
        ({"from": "soon"}, "Enter a valid date."),
        ({"batch": "7"}, "Select a valid choice."),
        ({"seed": 2**60}, "less than or equal to"),
    ],
)
def test_a_plan_that_can_not_be_says_why_in_preview_and_form(
    signed_in, address, preview, admin, coders, change, said
):
    ArticleFactory(project=admin.project)

    shown = preview(**change)
    made = signed_in.post(address, wish(**change))

    assert made.status_code == 422
    assert said in shown
    assert said in words(made.content.decode())
    assert not Batch.objects.exists()


def test_before_coders_are_chosen_the_preview_asks_for_them(
    signed_in, address, preview, admin, coders
):
    ArticleFactory(project=admin.project)

    shown = preview(coders=[])
    made = signed_in.post(address, wish(coders=[]))

    assert "Choose articles and coders" in shown
    assert "This field is required." not in shown
    assert (made.status_code, list(made.context["form"].errors)) == (422, ["coders"])


def test_the_plan_tells_loads_pairs_hours_and_the_day_when_it_is_done(
    signed_in, address, admin, coders
):
    MemberFactory(project=admin.project, user__username="cyd")
    articles = ArticleFactory.create_batch(3, project=admin.project, text="x" * 1000)
    for article in articles:
        work = AssignmentFactory(
            task=TaskFactory(batch__project=admin.project, article=article), coder=coders[0]
        )
        submitted(work, [])
        Assignment.objects.filter(pk=work.pk).update(
            started_at=MONDAY - timedelta(minutes=4), submitted_at=MONDAY
        )

    answer = signed_in.post(
        f"{address}preview/", wish(coders=["ann", "ben", "cyd"], hours_a_day=0.25)
    )

    shown = words(answer.content.decode())
    assert "ann 2 8 min own pace" in shown
    assert "ben 2 8 min the project’s pace" in shown
    assert "At 0.25 hours a working day" in shown
    assert answer.context["done_on"] is not None
    assert [[count for count, _shade in cells] for _name, cells in answer.context["pairs"]] == [
        [None, 1, 1],
        [1, None, 1],
        [1, 1, None],
    ]


def test_of_unknown_coders_the_guess_is_named(preview, admin, coders):
    ArticleFactory(project=admin.project)

    shown = preview()

    assert "a guess" in shown
    assert "2 minutes for 1,000 characters are assumed" in shown


def test_what_others_do_in_a_batch_of_ones_own_does_not_show_in_the_hours(
    signed_in, address, admin, coders
):
    admin.roles = [Role.ADMIN, Role.CODER]
    admin.save()
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    form = wish(q=own.task.article.key)

    def shown():
        return signed_in.post(f"{address}preview/", form).content

    before = shown()
    for article in ArticleFactory.create_batch(3, project=admin.project):
        task = TaskFactory(batch=own.task.batch, article=article)
        work = AssignmentFactory(task=task, coder=coders[0], state=AssignmentState.CODING)
        submitted(work, [])
        Assignment.objects.filter(pk=work.pk).update(
            started_at=MONDAY - timedelta(minutes=4), submitted_at=MONDAY
        )

    assert shown() == before


def test_a_date_that_can_not_be_met_is_said(preview, admin, coders):
    ArticleFactory(project=admin.project, text="x" * 200_000)

    assert "after the due date, 1 May" in preview(due="2020-05-01")
    assert "after the due date" not in preview(due="2120-05-01")


def test_stories_with_too_many_versions_are_named_with_what_they_leave_out(preview, admin, coders):
    for number in range(7):
        story = Cluster.objects.create(project=admin.project, name=f"tale {number}")
        ArticleFactory.create_batch(2, project=admin.project, cluster=story)

    shown = preview(one_per_cluster="on")

    assert "7 articles can’t be placed." in shown
    assert shown.count("1 of the 2 versions of “tale") == 5
    assert "and 2 more stories" in shown


def test_a_pool_is_made_on_the_page(signed_in, address, preview, admin, coders):
    ArticleFactory(project=admin.project)

    shown = preview(strategy="pool")
    signed_in.post(address, wish(strategy="pool"))

    assert "1 article goes into the pool." in shown
    assert "Load per coder" not in shown
    batch = Batch.objects.get()
    assert batch.strategy == "pool"
    assert set(batch.drawers.all()) == set(coders)
    assert not Assignment.objects.exists()


def test_without_articles_or_coders_the_page_says_what_comes_first(signed_in, address, admin):
    assert "Bring in articles first" in signed_in.get(address).content.decode()
    ArticleFactory(project=admin.project)
    assert "Invite people as coders first" in signed_in.get(address).content.decode()


def test_a_search_of_the_articles_is_taken_over(signed_in, address, admin, coders):
    article = ArticleFactory(
        project=admin.project,
        meta={"outlet": "The Post"},
        cluster=Cluster.objects.create(project=admin.project, name="c 1"),
    )
    batch = TaskFactory(batch__project=admin.project, article=article).batch
    search = f"q=rain+again&outlet=The+Post&cluster=c+1&batch={batch.uuid}"

    listed = signed_in.get(f"/projects/{admin.project.slug}/articles/?outlet=The+Post")
    form = signed_in.get(f"{address}?{search}&import={article.import_job.uuid}").context["form"]
    nonsense = signed_in.get(f"{address}?batch=7&import=%00&q=")

    assert f'href="{address}?outlet=The+Post&amp;"' in listed.content.decode()
    assert {
        name: form[name].value() for name in ("q", "outlet", "cluster", "batch", "import")
    } == {
        "q": "rain again",
        "outlet": "The Post",
        "cluster": "c 1",
        "batch": str(batch.uuid),
        "import": str(article.import_job.uuid),
    }
    assert nonsense.status_code == 200


def test_an_import_is_known_by_its_first_file(signed_in, address, admin, coders):
    job = ArticleFactory(project=admin.project).import_job
    ImportJob.objects.update(created=1, created_at=MONDAY)
    for position, name in enumerate(("pages.zip", "more.zip")):
        job.files.create(name=name, path=name, size=1, sha256="0" * 64, position=position)

    page = signed_in.get(address).content.decode()

    assert f"pages.zip, {MONDAY:%Y-%m-%d %H:%M} (1 article)</option>" in page


@pytest.mark.parametrize("role", [Role.CODER, Role.ADJUDICATOR, Role.RESEARCHER])
def test_planning_is_the_admins(client, address, admin, role):
    ArticleFactory(project=admin.project)
    member = MemberFactory(project=admin.project, roles=[role])
    client.force_login(member.user)
    assert client.get(address).status_code == 403
    assert client.post(f"{address}preview/", wish()).status_code == 403
    listed = client.get(f"/projects/{admin.project.slug}/articles/")
    assert address not in listed.content.decode()


@pytest.mark.parametrize("rows", [1, 4])
def test_page_and_preview_take_few_queries_whatever_there_is(
    signed_in, address, admin, coders, rows, django_assert_num_queries
):
    for article in ArticleFactory.create_batch(rows, project=admin.project):
        TaskFactory(batch__project=admin.project, article=article)
    with django_assert_num_queries(10):
        signed_in.get(address)
    with django_assert_num_queries(12):
        signed_in.post(f"{address}preview/", wish(one_per_cluster="on"))
