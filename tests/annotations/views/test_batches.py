import pytest

from annotations.enums import AssignmentState, Role
from annotations.models import Assignment, Batch
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    CodebookFactory,
    MemberFactory,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def coders(admin):
    return [MemberFactory(project=admin.project, user__username=name) for name in ("ann", "ben")]


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/batches/"


def wish(**changes):
    return {
        "name": "First",
        "source": "all",
        "coders": ["ann", "ben"],
        "coders_per_article": 2,
        "seed": 0,
    } | changes


def test_the_plan_is_seen_before_it_is_made(signed_in, address, admin, coders):
    ArticleFactory.create_batch(3, project=admin.project)

    preview = signed_in.post(f"{address}new/preview/", wish(name="")).content.decode()
    assert not Batch.objects.exists()
    made = signed_in.post(f"{address}new/", wish())

    assert "3 articles are given out." in preview
    batch = Batch.objects.get()
    assert made["Location"] == f"/batches/{batch.uuid}/"
    assert Assignment.objects.count() == 6


@pytest.mark.parametrize(
    ("change", "count"),
    [
        (lambda a: {"source": "import", "import": str(a[0].import_job.uuid)}, 1),
        (lambda a: {"source": "sample", "sample": 2}, 2),
        (lambda a: {"source": "ids", "ids": [str(a[0].uuid), str(a[2].uuid)]}, 2),
    ],
)
def test_articles_are_chosen_in_four_ways(signed_in, address, admin, coders, change, count):
    articles = ArticleFactory.create_batch(3, project=admin.project)
    signed_in.post(f"{address}new/", wish(**change(articles)))
    assert Batch.objects.get().tasks.count() == count


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"coders_per_article": 3}, "3 coders an article, but 2 to choose from."),
        ({"source": "sample", "sample": 9}, "There are 1 articles to sample from."),
        ({"source": "import"}, "Say which articles."),
    ],
)
def test_a_plan_that_can_not_be_says_why_in_preview_and_form(
    signed_in, address, admin, coders, change, words
):
    ArticleFactory(project=admin.project)
    preview = signed_in.post(f"{address}new/preview/", wish(**change))
    made = signed_in.post(f"{address}new/", wish(**change))

    assert (preview.status_code, made.status_code) == (200, 422)
    assert words in preview.content.decode()
    assert words in made.content.decode()
    assert not Batch.objects.exists()


def test_without_articles_or_coders_the_page_says_what_comes_first(signed_in, address, admin):
    assert "Bring in articles first" in signed_in.get(address).content.decode()
    ArticleFactory(project=admin.project)
    assert "Nobody has work yet" in signed_in.get(address).content.decode()
    assert "Add people with the role coder" in signed_in.get(f"{address}new/").content.decode()


def test_coverage_says_who_has_what_and_what_is_missing(signed_in, admin, coders):
    first = AssignmentFactory(
        task__batch__project=admin.project, coder=coders[0], state=AssignmentState.CODING
    )
    AssignmentFactory(task=first.task, coder=coders[1])
    submitted(first, [])

    html = signed_in.get(f"/batches/{first.task.batch.uuid}/").content.decode()

    assert html.count('data-state="submitted"') == 1
    assert html.count('data-state="assigned"') == 1
    assert "1 of 2" in html
    partial = signed_in.get(f"/batches/{first.task.batch.uuid}/progress/").content.decode()
    assert partial.strip() in html


def test_an_admin_who_codes_sees_the_same_page_whatever_the_others_do(signed_in, admin, coders):
    own = AssignmentFactory(task__batch__project=admin.project, coder=admin)
    other = AssignmentFactory(task=own.task, coder=coders[0], state=AssignmentState.CODING)
    pages = [
        f"/batches/{own.task.batch.uuid}/",
        f"/batches/{own.task.batch.uuid}/progress/",
        f"/projects/{admin.project.slug}/batches/",
    ]

    def seen():
        return [main_of(signed_in.get(page)) for page in pages]

    before = seen()
    submitted(other, [])
    assert seen() == before
    assert "You code in this batch yourself" in before[0]


def main_of(answer):
    """The page but for what differs by request: the CSRF tokens of the frame."""
    html = answer.content.decode()
    return html[html.find("<main") :] if "<main" in html else html


def test_work_is_given_to_somebody_else_on_the_page(signed_in, admin, coders):
    batch = BatchFactory(project=admin.project)
    ann, ben = coders[:2]
    free = AssignmentFactory(task__batch=batch, coder=ann)
    shared = AssignmentFactory(task__batch=batch, coder=ann)
    AssignmentFactory(task=shared.task, coder=ben)
    page = signed_in.get(f"/batches/{batch.uuid}/").content.decode()
    assert f"<option>{ann.name}</option>" in page

    answer = signed_in.post(
        f"/batches/{batch.uuid}/reassign/", {"from": ann.name, "to": ben.name}, follow=True
    )

    said = [str(message) for message in answer.context["messages"]]
    assert said == ["1 article moved.", f"1 article stayed. {ben.name} has this article."]
    assert free.task.assignments.live().get().coder == ben


def test_a_closed_batch_says_so_and_offers_nothing_more(signed_in, admin, coders):
    batch = BatchFactory(project=admin.project)
    AssignmentFactory(task__batch=batch, coder=coders[0])
    assert 'id="close-dialog"' in signed_in.get(f"/batches/{batch.uuid}/").content.decode()

    page = signed_in.post(f"/batches/{batch.uuid}/close/", follow=True).content.decode()
    again = signed_in.post(f"/batches/{batch.uuid}/close/", follow=True).content.decode()

    assert "The batch is closed." in page
    assert "close-dialog" not in page
    assert "reassign-dialog" not in page
    assert "This batch is closed." in again


def test_before_coders_are_chosen_the_preview_asks_for_them(signed_in, address, admin, coders):
    ArticleFactory(project=admin.project)

    preview = signed_in.post(f"{address}new/preview/", wish(coders=[])).content.decode()
    made = signed_in.post(f"{address}new/", wish(coders=[]))

    assert "Choose articles and coders" in preview
    assert "This field is required." not in preview
    assert (made.status_code, list(made.context["form"].errors)) == (422, ["coders"])


def test_a_pool_is_made_on_the_page(signed_in, address, admin, coders):
    ArticleFactory(project=admin.project)

    preview = signed_in.post(f"{address}new/preview/", wish(strategy="pool")).content.decode()
    signed_in.post(f"{address}new/", wish(strategy="pool"))

    assert "1 article goes into the pool." in preview
    assert "Load per coder" not in preview
    batch = Batch.objects.get()
    assert batch.strategy == "pool"
    assert set(batch.drawers.all()) == set(coders)
    assert not Assignment.objects.exists()


def test_batches_are_the_admins(client, admin, address):
    batch = BatchFactory(project=admin.project)
    client.force_login(MemberFactory(project=admin.project, roles=[Role.CODER]).user)
    assert client.get(address).status_code == 403
    assert client.get(f"{address}new/").status_code == 403
    assert client.post(f"{address}new/preview/", wish()).status_code == 403
    assert client.get(f"/batches/{batch.uuid}/").status_code == 404
    assert client.get(f"/batches/{batch.uuid}/progress/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(
    signed_in, address, admin, rows, django_assert_num_queries
):
    for batch in BatchFactory.create_batch(rows, project=admin.project):
        AssignmentFactory(task__batch=batch)
    with django_assert_num_queries(8):
        signed_in.get(address)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_batch_takes_the_same_queries_for_one_article_and_three(
    signed_in, admin, rows, django_assert_num_queries
):
    batch = BatchFactory(project=admin.project)
    for _ in range(rows):
        AssignmentFactory(task__batch=batch)
    with django_assert_num_queries(15):
        signed_in.get(f"/batches/{batch.uuid}/")
