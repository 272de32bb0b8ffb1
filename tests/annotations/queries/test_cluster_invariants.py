import pytest

from annotations.enums import JobState
from annotations.models import Article, Cluster, ImportJob
from annotations.queries.invariants import clusters
from tests.factories import ArticleFactory, ImportJobFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def test_an_article_in_a_cluster_of_another_project_breaks_a_rule():
    article = ArticleFactory()
    article.cluster = Cluster.objects.create(project=article.project, name="own")
    article.save(update_fields=["cluster"])
    assert list(clusters.clusters_hold_articles_of_their_project()) == []

    Cluster.objects.update(project=ProjectFactory())
    assert list(clusters.clusters_hold_articles_of_their_project()) == [f"article {article.uuid}"]


def test_copies_that_are_apart_break_a_rule_once_nobody_looks_for_them_any_more():
    job = ImportJobFactory(clusters_state=JobState.RUNNING)
    for _ in range(2):
        ArticleFactory(project=job.project, import_job=job, story_sha256="a" * 64)
    assert list(clusters.copies_are_in_one_cluster()) == []

    ImportJob.objects.update(clusters_state=JobState.READY)
    assert list(clusters.copies_are_in_one_cluster()) == [f"story {'a' * 64}"]

    cluster = Cluster.objects.create(project=job.project, name="one")
    Article.objects.update(cluster=cluster)
    assert list(clusters.copies_are_in_one_cluster()) == []
