import pytest

from annotations.actions import metadata
from annotations.enums import Role
from annotations.exceptions import Forbidden, Invalid
from annotations.models import Article, AuditEvent
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
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def describe(admin, values=None, **options):
    return metadata.describe(
        project=admin.project,
        found=options.pop("found", Article.objects.all()),
        by=admin.user,
        at=MONDAY,
        values=values or {},
        **options,
    )


def test_many_articles_get_a_value_whose_source_is_the_person(admin):
    wrong = ArticleFactory(
        project=admin.project, meta={"outlet": "Psot"}, meta_sources={"outlet": "furniture"}
    )
    right = ArticleFactory(project=admin.project, meta={"outlet": "Post"})
    assert describe(admin, {"outlet": "Post"}) == (1, 0)

    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.meta, wrong.meta_sources) == ({"outlet": "Post"}, {"outlet": "person"})
    assert (wrong.version, right.version) == (2, 1)
    assert wrong.revisions.get().meta == {"outlet": "Psot"}
    event = AuditEvent.objects.get()
    assert (event.kind, event.detail) == (
        "articles.described",
        {"fields": ["outlet"], "changed": 1, "kept": 0},
    )


def test_an_empty_value_takes_a_wrong_guess_away(admin):
    article = ArticleFactory(
        project=admin.project,
        meta={"author": "The End", "n": 1},
        meta_sources={"author": "byline"},
    )
    describe(admin, {"author": ""})
    article.refresh_from_db()
    assert (article.meta, article.meta_sources) == ({"n": 1}, {})


def test_day_and_month_are_swapped_where_that_gives_a_date(admin):
    dates = ["2023-04-03", "2023-09-21", "about 2023", None]
    for day in dates:
        ArticleFactory(project=admin.project, meta={"published_at": day})
    assert describe(admin, swap_day_and_month=True) == (1, 0)
    told = Article.objects.order_by("pk").values_list("meta__published_at", flat=True)
    assert list(told) == ["2023-03-04", *dates[1:]]


def test_articles_with_work_that_was_handed_in_stay_as_they_are(admin):
    task = TaskFactory(batch__project=admin.project)
    submitted(AssignmentFactory(task=task), [])
    own = TaskFactory(batch__project=admin.project)
    AssignmentFactory(task=own, coder=admin)
    ArticleFactory(project=admin.project)
    assert describe(admin, {"outlet": "Post"}) == (1, 2)


@pytest.mark.parametrize(
    "values",
    [{}, {"text": "x"}, {"published_at": "21.9.2023"}, {"outlet": "x" * 401}, {"outlet": "\0"}],
)
def test_what_is_no_correction_is_refused(admin, values):
    with pytest.raises(metadata.BadCorrection):
        describe(admin, values)


def test_articles_of_other_projects_are_out_of_reach(admin):
    ArticleFactory()
    assert describe(admin, {"outlet": "Post"}) == (0, 0)


def test_more_articles_than_can_be_done_at_once_are_refused(admin, monkeypatch):
    monkeypatch.setattr(metadata, "MOST_ARTICLES", 1)
    for _ in range(2):
        ArticleFactory(project=admin.project)
    with pytest.raises(Invalid, match="narrow"):
        describe(admin, {"outlet": "Post"})


def test_only_an_admin_describes(admin):
    with pytest.raises(Forbidden):
        describe(MemberFactory(project=admin.project), {"outlet": "Post"})
