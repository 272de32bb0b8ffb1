"""Articles that tell one story are kept together: versions of it are found after each import.

Which articles are together depends on what they say alone, not on when and how they came: every
pair of stories that is close enough is joined, and so is what such pairs have in common. That
makes chains, where the first and the last version share little. It is meant so: what leaks from
a training to a test set leaks along the chain as well. What a project's articles have in common
that is no story is site furniture, and does not count.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Count, F

from annotations.actions import cluster_comparing, cluster_placing, cluster_stories
from annotations.actions.jobs import LostClaim, check_in, claim, wake, wake_on_commit
from annotations.algorithms.stories import story_sha256
from annotations.enums import JobState
from annotations.models import Article, Cluster, ImportJob


def find(*, job_id: int) -> None:
    """Compare an import's articles with all of the project, and cluster versions of one story.

    Articles whose record or a person said which cluster they are in, or that they are in none,
    are left out. An article without another version stays without a cluster. What a worker has
    done stays done when it is killed. Nothing happens if all is done, or if another worker is at
    it.
    """
    job = claim(ImportJob.objects.unclustered(), job_id)
    if job is None:
        return
    try:
        check_in(job, clusters_state=JobState.RUNNING, clusters_done=0)
        for done in cluster_stories.write(job):
            check_in(job, clusters_done=done)
        while _compared(job):
            check_in(job)
        while cluster_placing.place(job.project_id):
            check_in(job)
        _finish(job)
    except LostClaim:
        return


def compare_again(articles: Sequence[Article]) -> None:
    """Find out anew which stories are told twice, after zones of ``articles`` have changed.

    An article that no longer says what its cluster says leaves it at once; which cluster it
    belongs to now is found by a worker. Clusters that a record or a person named stay as they
    are. The articles are locked.
    """
    changed = []
    left = set()
    stories = set()
    for article in articles:
        story = story_sha256(article.text, article.zones)
        if story == article.story_sha256:
            continue
        stories |= {article.story_sha256, story}
        article.story_sha256 = story
        if article.cluster_id is not None and not article.is_clustered_by_hand:
            left.add(article.cluster_id)
            article.cluster = None
        changed.append(article)
    if not changed:
        return
    Article.objects.bulk_update(changed, ["story_sha256", "cluster"])
    alone = Cluster.objects.filter(pk__in=left).annotate(left=Count("articles")).filter(left=1)
    Article.objects.filter(cluster__in=list(alone), is_clustered_by_hand=False).update(
        cluster=None
    )
    for project_id in {article.project_id for article in changed}:
        forget(project_id, stories)
    ring({article.import_job_id for article in changed if not article.is_clustered_by_hand})


def forget(project_id: int, stories: set[str]) -> None:
    """Have stories, by their hashes, compared again, and all that they are together with."""
    cluster_stories.lock_stories(project_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE annotations_story SET state = 'again', "group" = NULL
            WHERE project_id = %(project)s AND state <> 'new' AND (
                sha256 = ANY(%(stories)s)
                OR "group" IN (
                    SELECT "group" FROM annotations_story
                    WHERE project_id = %(project)s AND sha256 = ANY(%(stories)s)
                )
            )
            """,
            {"project": project_id, "stories": sorted(stories)},
        )


def ring(job_ids: set[int]) -> None:
    """Have the articles of these imports compared with the rest once more."""
    ImportJob.objects.filter(pk__in=job_ids).update(clusters_state=JobState.QUEUED)
    for job_id in sorted(job_ids):
        wake_on_commit("clusters.find", job_id=job_id)


def _compared(job: ImportJob) -> bool:
    """Compare some stories of the project; say whether there may be more."""
    try:
        return cluster_comparing.compare(job.project_id)
    except cluster_comparing.Overtaken:
        return True


def _finish(job: ImportJob) -> None:
    """Say that it is done, unless somebody has asked for it again meanwhile."""
    mine = ImportJob.objects.filter(pk=job.pk, epoch=job.epoch)
    is_done = mine.filter(clusters_state=JobState.RUNNING).update(
        clusters_state=JobState.READY, clusters_done=F("clusters_total"), lease_until=None
    )
    if not is_done and mine.update(lease_until=None):
        wake("clusters.find", job_id=job.pk)
