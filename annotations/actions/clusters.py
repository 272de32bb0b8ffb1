"""Articles that tell one story are kept together: copies are found after each import."""

from collections.abc import Iterator, Sequence

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Left

from annotations.actions.jobs import LostClaim, check_in, claim, wake_on_commit
from annotations.algorithms.stories import story_sha256
from annotations.enums import JobState
from annotations.models import Article, Cluster, ImportJob

CHUNK = 500
_PREFIX = "copies-"
_DIGITS = 12


def find(*, job_id: int) -> None:
    """Compare an import's articles with all of the project, and cluster exact copies.

    Articles whose record said which cluster they are in, or that they are in
    none, are left out. An article without a copy stays without a cluster.
    Nothing happens if that is done, or if another worker is at it.
    """
    job = claim(ImportJob.objects.unclustered(), job_id)
    if job is None:
        return
    try:
        check_in(job, clusters_state=JobState.RUNNING, clusters_done=0)
        for done in _hash_stories(job):
            check_in(job, clusters_done=done)
        _group(job)
    except LostClaim:
        return


def compare_again(articles: Sequence[Article]) -> None:
    """Find out anew which stories are told twice, after zones of ``articles`` have changed.

    An article that no longer says what its cluster says leaves it at once; which cluster it
    belongs to now is found by a worker. Clusters that a record named stay as they are.
    """
    changed = []
    left = set()
    for article in articles:
        story = story_sha256(article.text, article.zones)
        if article.is_clustered_by_hand or story == article.story_sha256:
            continue
        article.story_sha256 = story
        if article.cluster is not None and article.cluster.name.startswith(_PREFIX):
            left.add(article.cluster.pk)
            article.cluster = None
        changed.append(article)
    if not changed:
        return
    Article.objects.bulk_update(changed, ["story_sha256", "cluster"])
    alone = Cluster.objects.filter(pk__in=left).annotate(left=Count("articles")).filter(left=1)
    Article.objects.filter(cluster__in=list(alone), is_clustered_by_hand=False).update(
        cluster=None
    )
    for job in {article.import_job_id for article in changed}:
        ImportJob.objects.filter(pk=job).update(clusters_state=JobState.QUEUED)
        wake_on_commit("clusters.find", job_id=job)


def _comparable(job: ImportJob) -> QuerySet[Article]:
    return Article.objects.filter(project=job.project, is_clustered_by_hand=False)


def _hash_stories(job: ImportJob) -> Iterator[int]:
    """Write down what the import's articles say, yielding how many are done."""
    articles = _comparable(job).filter(import_job=job).order_by("pk")
    done = last = 0
    while chunk := list(articles.filter(pk__gt=last).only("text", "zones")[:CHUNK]):
        for article in chunk:
            article.story_sha256 = story_sha256(article.text, article.zones)
        Article.objects.bulk_update(chunk, ["story_sha256"])
        last = chunk[-1].pk
        done += len(chunk)
        yield done


@transaction.atomic
def _group(job: ImportJob) -> None:
    # One import of a project at a time: of two that bring the same story, the later one must
    # see what the earlier has written.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('annotations.clusters'), %s)", [job.project_id]
        )
    brought = _comparable(job).filter(import_job=job).exclude(story_sha256="")
    told_twice = (
        _comparable(job)
        .filter(story_sha256__in=brought.values("story_sha256"))
        .values("story_sha256")
        .annotate(articles=Count("pk"))
        .filter(articles__gt=1)
    )
    stories = list(told_twice.values_list("story_sha256", flat=True))
    Cluster.objects.bulk_create(
        (Cluster(project=job.project, name=_PREFIX + story[:_DIGITS]) for story in stories),
        ignore_conflicts=True,
        batch_size=CHUNK,
    )
    name = Concat(Value(_PREFIX), Left(OuterRef("story_sha256"), _DIGITS))
    cluster = Cluster.objects.filter(project=job.project, name=name)
    _comparable(job).filter(story_sha256__in=stories, cluster=None).update(
        cluster=Subquery(cluster.values("pk"))
    )
    mine = ImportJob.objects.filter(pk=job.pk, epoch=job.epoch)
    if not mine.update(
        clusters_state=JobState.READY, clusters_done=F("clusters_total"), lease_until=None
    ):
        raise LostClaim
