import pytest

from exports import provenance
from exports.recipe import Recipe
from tests.exports.worlds import adjudicated_article, built
from tests.factories import BatchFactory, CodebookFactory, ProjectFactory, TaskFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    project = ProjectFactory()
    CodebookFactory(project=project)
    return project


def test_batches_are_named_with_what_they_gave(project):
    first, second = (BatchFactory(project=project, name=name) for name in ("First", "Second"))
    for batch in (first, second, second):
        adjudicated_article(batch)
    TaskFactory(batch=first)

    manifest = built(project).manifest

    assert manifest["batches"] == [
        {"id": str(first.uuid), "name": "First", "articles": 1},
        {"id": str(second.uuid), "name": "Second", "articles": 2},
    ]
    assert manifest["omitted"] == {"unfinished": 1}


def test_labels_are_told_as_they_were_when_it_was_decided(project):
    adjudicated_article(BatchFactory(project=project))
    release = built(project)
    project.codebooks.create(number=2, published_at=release.created_at)

    again = provenance.of(release, Recipe(), 1)["labels"]

    assert [label["key"] for label in again] == ["actor", "location", "event", "claim"]
    assert again == release.manifest["labels"]
    assert set(again[0]) == set(provenance.LABEL)
