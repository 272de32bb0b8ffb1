"""Clusters hold articles of their own project, and all that say the same."""

from collections.abc import Iterator

from annotations.queries.invariants.asking import found


def clusters_hold_articles_of_their_project() -> Iterator[str]:
    """An article is in a cluster of its own project."""
    return found("""
        SELECT 'article ' || article.uuid
        FROM annotations_article article
        JOIN annotations_cluster cluster ON cluster.id = article.cluster_id
        WHERE cluster.project_id <> article.project_id
        ORDER BY article.id
    """)


def copies_are_in_one_cluster() -> Iterator[str]:
    """Articles that say the same are together, once the search for versions is through."""
    return found("""
        SELECT 'story ' || article.story_sha256
        FROM annotations_article article
        JOIN annotations_importjob job ON job.id = article.import_job_id
        WHERE article.story_sha256 <> '' AND NOT article.is_clustered_by_hand
          AND job.state = 'ready' AND NOT EXISTS (
            SELECT FROM annotations_importjob other
            WHERE other.project_id = article.project_id AND other.state = 'ready'
              AND other.clusters_state <> 'ready'
          )
        GROUP BY article.project_id, article.story_sha256
        HAVING count(*) > 1
           AND (count(DISTINCT article.cluster_id) <> 1 OR bool_or(article.cluster_id IS NULL))
        ORDER BY article.story_sha256
    """)
