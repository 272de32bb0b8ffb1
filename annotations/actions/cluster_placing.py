"""Stories that have been compared get their clusters.

Called by ``actions.clusters`` only.
"""

from collections import defaultdict
from uuid import uuid4

from django.db import connection, transaction

from annotations.actions.cluster_stories import COMPARABLE, lock, lock_stories
from annotations.models import Cluster

CHUNK = 200
_PREFIX = "copies-"
_DIGITS = (12, 20, 32, 64)


@transaction.atomic
def place(project_id: int) -> bool:
    """Put articles of some of the groups that wait into clusters; say whether there were any.

    A group that has a cluster keeps it; of several, the oldest. The first article decides who
    keeps the cluster of a group that fell apart. An article that is left alone is in none.
    """
    lock(project_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT coalesce("group", id) FROM annotations_story
            WHERE project_id = %s AND state = 'compared' AND state <> 'placed'
            ORDER BY 1 LIMIT %s
            """,
            [project_id, CHUNK],
        )
        groups = [group for (group,) in cursor.fetchall()]
        if not groups:
            return False
        cursor.execute(
            f"""
            SELECT coalesce(story."group", story.id), story.sha256, a.id, a.cluster_id
            FROM annotations_story story
            JOIN annotations_article a
              ON a.project_id = story.project_id AND a.story_sha256 = story.sha256
             AND {COMPARABLE}
            WHERE story.project_id = %s
              AND (story."group" = ANY(%s) OR story."group" IS NULL AND story.id = ANY(%s))
            ORDER BY a.id
            FOR NO KEY UPDATE OF a
            """,  # noqa: S608 -- a constant
            [project_id, groups, groups],
        )
        members = defaultdict(list)
        for group, *member in cursor.fetchall():
            members[group].append(member)
        _move(project_id, [members[group] for group in groups])

        lock_stories(project_id)
        cursor.execute(
            """
            UPDATE annotations_story SET state = 'placed'
            WHERE project_id = %s AND state = 'compared'
              AND ("group" = ANY(%s) OR "group" IS NULL AND id = ANY(%s))
            """,
            [project_id, groups, groups],
        )
    return True


def _move(project_id: int, groups: list[list]) -> None:
    """Give each group, a list of ``[story, article, cluster]``, the cluster that is its own."""
    found = {cluster for group in groups for *_, cluster in group if cluster is not None}
    first_in = _first_articles(found)
    kept = [_kept(group, first_in) for group in groups]
    founding = [
        min(sha256 for sha256, *_ in group)
        for group, cluster in zip(groups, kept, strict=True)
        if cluster is None and len(group) > 1
    ]
    founded = iter(_new_clusters(project_id, founding))
    moves = []
    for group, own in zip(groups, kept, strict=True):
        cluster = None
        if len(group) > 1:
            cluster = next(founded) if own is None else own
        moves += [(article, cluster) for _, article, was in group if was != cluster]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE annotations_article article SET cluster_id = now.cluster
            FROM unnest(%s::bigint[], %s::bigint[]) now (article, cluster)
            WHERE article.id = now.article
            """,
            [[article for article, _ in moves], [cluster for _, cluster in moves]],
        )


def _first_articles(clusters: set[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT cluster_id, min(id) FROM annotations_article
            WHERE cluster_id = ANY(%s) AND NOT is_clustered_by_hand GROUP BY cluster_id
            """,
            [list(clusters)],
        )
        return dict(cursor.fetchall())


def _kept(group: list, first_in: dict[int, int]) -> int | None:
    """Return the oldest cluster whose first article is in the group."""
    articles = {article for _, article, _ in group}
    own = {cluster for *_, cluster in group if cluster is not None}
    return min((cluster for cluster in own if first_in[cluster] in articles), default=None)


def _new_clusters(project_id: int, stories: list[str]) -> list[int]:
    """Return for each group a cluster that nobody is in, named by one of its stories."""
    names = [_PREFIX + sha256[: _DIGITS[0]] for sha256 in stories]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO annotations_cluster (uuid, project_id, name)
            SELECT new.uuid, %s, new.name FROM unnest(%s::uuid[], %s::text[]) new (uuid, name)
            ON CONFLICT DO NOTHING RETURNING name, id
            """,
            [project_id, [uuid4() for _ in names], names],
        )
        made = dict(cursor.fetchall())
    return [
        made.pop(name) if name in made else _unused_cluster(project_id, sha256)
        for name, sha256 in zip(names, stories, strict=True)
    ]


def _unused_cluster(project_id: int, sha256: str) -> int:
    """Return a cluster that nobody is in, where the first name is there already."""
    for digits in _DIGITS:
        name = _PREFIX + sha256[:digits]
        cluster, is_new = Cluster.objects.get_or_create(project_id=project_id, name=name)
        if is_new or not cluster.articles.exists():
            break
    return cluster.pk
