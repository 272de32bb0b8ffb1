import pytest

from annotations.enums import JobState, TaskState
from exports.omissions import omitted, sentences
from exports.recipe import Recipe
from tests.exports.worlds import adjudicated_article, coded, coder
from tests.factories import (
    MONDAY,
    ArticleFactory,
    BatchFactory,
    ImportJobFactory,
    ProjectFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return ProjectFactory()


@pytest.fixture
def batch(project):
    """Return a batch with one article that is in every release."""
    batch = BatchFactory(project=project)
    adjudicated_article(batch, meta={"outlet": "Lantern"})
    return batch


def task(batch, state=TaskState.OPEN, **article):
    article = ArticleFactory(project=batch.project, meta={"outlet": "Lantern"}, **article)
    made = TaskFactory(batch=batch, article=article)
    if state != made.state:
        made.state = state
        made.save(update_fields=["state"])
    return made


def test_what_is_decided_is_not_left_out(project, batch):
    assert omitted(project, Recipe()) == {}


def test_each_article_is_left_out_for_one_reason(project, batch):
    task(batch)
    task(batch, TaskState.CODED)
    task(batch, TaskState.DROPPED)
    task(batch, withdrawn_at=MONDAY, withdrawn_reason="twice")
    ArticleFactory(project=project)
    adjudicated_article(batch, meta={"outlet": "Post"})

    assert omitted(project, Recipe(filter={"outlet": "Lantern"})) == {
        "unfinished": 2,
        "dropped": 1,
        "withdrawn": 1,
        "no_batch": 1,
        "filtered": 1,
    }


def test_only_articles_of_the_batches_asked_for_count(project, batch):
    other = BatchFactory(project=project)
    task(other)
    ArticleFactory(project=project)

    assert omitted(project, Recipe(batches=[str(batch.uuid)])) == {}
    assert omitted(project, Recipe(batches=[str(other.uuid)])) == {"unfinished": 1}


def test_an_article_that_another_batch_decided_is_in(project, batch):
    article = batch.tasks.get().article
    TaskFactory(batch=BatchFactory(project=project), article=article)

    assert omitted(project, Recipe()) == {}


def test_what_nobody_handed_in_is_left_out_of_raw_codings(project, batch):
    coded(task(batch), coder(project), [])
    task(batch)

    # The first article was decided elsewhere: nobody's own work on it is here.
    assert omitted(project, Recipe(include=["codings"])) == {"unfinished": 2}


def test_what_an_import_has_only_staged_is_not_there_at_all(project, batch):
    staged = ImportJobFactory(project=project, state=JobState.RUNNING)
    ArticleFactory(project=project, import_job=staged)

    assert omitted(project, Recipe()) == {}


def test_another_project_is_none_of_it(project, batch):
    task(BatchFactory())

    assert omitted(project, Recipe()) == {}


def test_reasons_are_told_in_one_order():
    assert sentences({"unfinished": 2, "withdrawn": 1}) == [
        "1 article is withdrawn",
        "2 articles are not decided yet",
    ]
