import pytest
from django.db import transaction

from annotations.actions import articles, clusters
from annotations.enums import JobState, Role, ZonesBy
from annotations.models import Cluster, ImportJob
from tests.factories import MONDAY, ArticleFactory, ImportJobFactory, MemberFactory

pytestmark = pytest.mark.django_db

STORY = "The ferry left the harbour at noon."


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def correct(article, admin, **what):
    return articles.correct(article=article, by=admin.user, at=MONDAY, **what)


def furniture(article, words):
    start = article.text.index(words)
    return [{"start": start, "end": start + len(words), "kind": "boilerplate"}]


def find_copies(project):
    for job in ImportJob.objects.filter(project=project):
        ImportJob.objects.filter(pk=job.pk).update(clusters_state=JobState.QUEUED)
        clusters.find(job_id=job.pk)


def cluster_names(*found):
    for article in found:
        article.refresh_from_db()
    return [article.cluster and article.cluster.name for article in found]


def test_a_person_who_corrects_zones_and_values_is_named_as_their_source(admin):
    article = ArticleFactory(
        project=admin.project,
        meta={"title": "Ferry", "outlet": "Post"},
        meta_sources={"title": "first_lines", "outlet": "column"},
        zones_by=ZonesBy.RULES,
    )
    correct(article, admin, meta={"title": "The ferry", "outlet": "Post"})
    article.refresh_from_db()
    assert article.meta_sources == {"title": "person", "outlet": "column"}
    assert article.zones_by == ZonesBy.RULES

    correct(article, admin, zones=furniture(article, "Mayor"))
    article.refresh_from_db()
    assert article.zones_by == ZonesBy.PERSON


def test_articles_become_copies_once_their_furniture_is_known(admin):
    job = ImportJobFactory(project=admin.project)
    first, second = (
        ArticleFactory(project=admin.project, import_job=job, text=f"{STORY} {end}")
        for end in ("Share", "Print")
    )
    find_copies(admin.project)
    assert cluster_names(first, second) == [None, None]

    correct(first, admin, zones=furniture(first, "Share"))
    correct(second, admin, zones=furniture(second, "Print"))
    job.refresh_from_db()
    assert job.clusters_state == JobState.QUEUED
    clusters.find(job_id=job.pk)

    names = cluster_names(first, second)
    assert names[0] is not None
    assert names[0] == names[1]


def test_a_copy_that_turns_out_to_be_another_story_leaves_its_cluster_and_the_last_one_too(admin):
    job = ImportJobFactory(project=admin.project)
    copies = [
        ArticleFactory(project=admin.project, import_job=job, text=f"{STORY} Not so.")
        for _ in range(2)
    ]
    find_copies(admin.project)
    assert None not in cluster_names(*copies)

    correct(copies[0], admin, zones=furniture(copies[0], "Not so."))
    assert cluster_names(*copies) == [None, None]


def test_a_cluster_that_a_record_named_stays(admin):
    cluster = Cluster.objects.create(project=admin.project, name="copies-mine")
    article = ArticleFactory(project=admin.project, cluster=cluster, is_clustered_by_hand=True)
    correct(article, admin, zones=furniture(article, "Mayor"))
    assert cluster_names(article) == ["copies-mine"]


def test_a_correction_that_is_taken_back_asks_for_nothing(admin):
    article = ArticleFactory(project=admin.project)
    with transaction.atomic():
        correct(article, admin, zones=furniture(article, "Mayor"))
        transaction.set_rollback(True)
    article.import_job.refresh_from_db()
    assert article.import_job.clusters_state == JobState.READY
