import json
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from annotations.actions import clusters, imports
from annotations.actions.jobs import claim
from annotations.enums import JobState
from annotations.models import Article, Cluster, ImportJob
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    CodebookFactory,
    ImportJobFactory,
    ProjectFactory,
)

pytestmark = pytest.mark.django_db

STORY = "The talks in Velmora failed."


@pytest.fixture
def project(db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    return project


def bring(project, *records, **options):
    """Import ``records`` up to ``ready``; nobody has looked for copies yet."""
    data = "\n".join(json.dumps(record) for record in records).encode()
    job = imports.request_import(
        project=project,
        by=None,
        at=MONDAY,
        files=[SimpleUploadedFile("records.jsonl", data)],
        **options,
    )
    return imports.run_import(job_id=job.pk, at=TUESDAY)


def find(job):
    clusters.find(job_id=job.pk)
    job.refresh_from_db()
    return job


def clusters_of(project):
    """Return the keys of the articles that are together."""
    return sorted(
        sorted(cluster.articles.values_list("key", flat=True))
        for cluster in Cluster.objects.filter(project=project)
    )


def test_copies_are_put_together_and_single_articles_left_alone(project):
    framed = f"Newsfeed\n\n{STORY}"
    zones = [{"start": 0, "end": 8, "kind": "boilerplate"}]
    job = bring(
        project,
        {"id": "a", "text": STORY},
        {"id": "b", "text": framed, "zones": zones},
        {"id": "c", "text": "Another story."},
    )
    assert (job.clusters_state, job.clusters_total) == (JobState.QUEUED, 3)

    find(job)

    assert clusters_of(project) == [["a", "b"]]
    assert Article.objects.get(key="c").cluster is None
    assert (job.clusters_state, job.clusters_done) == (JobState.READY, 3)


def test_a_copy_in_a_later_import_joins_and_one_elsewhere_does_not(project):
    find(bring(project, {"id": "a", "text": STORY}))
    assert clusters_of(project) == []
    other = ProjectFactory()
    CodebookFactory(project=other)
    find(bring(other, {"id": "x", "text": STORY}))

    find(bring(project, {"id": "b", "text": STORY}))
    find(bring(project, {"id": "c", "text": STORY}))

    assert clusters_of(project) == [["a", "b", "c"]]
    assert clusters_of(other) == []


def test_records_that_say_where_they_belong_are_left_out(project):
    job = find(
        bring(
            project,
            {"id": "a", "text": STORY, "cluster": None},
            {"id": "b", "text": STORY, "cluster": "mine"},
            {"id": "c", "text": STORY},
        )
    )

    assert clusters_of(project) == [["b"]]
    assert (job.clusters_state, job.clusters_done, job.clusters_total) == (JobState.READY, 1, 1)


@pytest.mark.parametrize("record", [{"cluster": None}, {"dry": True}])
def test_where_there_is_nothing_to_compare_it_is_done_at_once(project, record):
    if record.pop("dry", False):
        job = bring(project, {"text": STORY}, dry_run=True)
    else:
        job = bring(project, {"text": STORY, **record})

    assert (job.clusters_state, job.clusters_total) == (JobState.READY, 0)


def test_articles_of_an_unfinished_import_are_not_seen(project):
    staged = ImportJobFactory(project=project, state=JobState.RUNNING)
    ArticleFactory(project=project, import_job=staged, text=STORY)

    find(bring(project, {"id": "a", "text": STORY}))

    assert clusters_of(project) == []


def test_the_doorbell_may_ring_twice(project):
    job = bring(project, {"id": "a", "text": STORY}, {"id": "b", "text": STORY})

    find(find(job))

    assert clusters_of(project) == [["a", "b"]]


def test_nothing_is_done_while_another_worker_is_at_it(project):
    job = bring(project, {"id": "a", "text": STORY}, {"id": "b", "text": STORY})
    assert claim(ImportJob.objects.unclustered(), job.pk) is not None

    find(job)

    assert clusters_of(project) == []
    assert job.clusters_state == JobState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_two_imports_that_bring_one_story_at_once_share_a_cluster(transactional_db):
    project = ProjectFactory()
    CodebookFactory(project=project)
    jobs = [bring(project, {"id": key, "text": STORY}) for key in ("a", "b")]
    together = threading.Barrier(2)

    def run(job):
        together.wait()
        try:
            clusters.find(job_id=job.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clusters_of(project) == [["a", "b"]]
    assert not ImportJob.objects.unclustered().exists()


@pytest.mark.parametrize("articles", [2, 6])
def test_many_copies_take_the_same_queries_as_two(project, articles, django_assert_num_queries):
    job = bring(project, *({"id": f"{n}", "text": STORY} for n in range(articles)))
    with django_assert_num_queries(46):
        clusters.find(job_id=job.pk)
