"""Rendering in shards: as many workers as come take one after another, and each counts once.

Nobody leads. A shard is handed in by one fenced write, so that one whose worker
was killed is taken up by the next, and one that is handed in is never written again.
"""

from contextlib import closing

from django.db import connection, transaction
from django.db.models import QuerySet, Sum

from annotations.actions.jobs import LostClaim, claim_next, held, renew
from annotations.enums import ReleaseState
from exports import folders, rendering
from exports.actions.pace import once_a_second
from exports.formats import jsonl
from exports.manifest import Tally
from exports.models import Release, ReleaseShard
from exports.records import Roster
from exports.released import Article, Counts

#: Articles of a shard: a second or two of work.
ARTICLES = 10_000

CUT = """
    INSERT INTO exports_releaseshard
        (release_id, number, first, last, epoch, done, path, bytes, tally)
    SELECT %(release)s, number, min(id), max(id), 0, 0, '', 0, '{}'
    FROM (SELECT id, 1 + (row_number() OVER (ORDER BY id) - 1) / %(articles)s AS number
          FROM exports_releaseitem WHERE release_id = %(release)s) item
    GROUP BY number
"""


def cut(release: Release) -> None:
    """Cut the items of a release into shards."""
    with connection.cursor() as cursor:
        cursor.execute(CUT, {"release": release.pk, "articles": ARTICLES})


def take_up(release: Release) -> ReleaseShard | None:
    """Claim the first shard that nobody is at."""
    return claim_next(release.shards.waiting().order_by("number"))


def render(shard: ReleaseShard, roster: Roster) -> None:
    """Write the lines of a shard, and hand it in.

    Raises ``LostClaim`` where another worker has the shard by now, or nobody
    wants it any more.
    """
    tally = Tally()
    tell = once_a_second(lambda done: _check_in(shard, done=done))
    try:
        _check_in(shard, done=0)
        lines = rendering.articles(
            shard.release, roster, first=shard.first, last=shard.last, between=tell
        )
        # A bucket does not say how far it is with a file.
        with held(mine(shard)), closing(lines) as articles:
            size = folders.write_shard(shard, (_counted(*article, tally) for article in articles))
        _check_in(
            shard,
            done=tally.articles,
            path=folders.path_of_shard(shard),
            bytes=size,
            tally=tally.as_json(),
        )
    except LostClaim:
        folders.remove_shard(shard)
        raise


def mine(shard: ReleaseShard) -> QuerySet[ReleaseShard]:
    """Keep the shard's row as long as this claim holds, and its release is being rendered."""
    return ReleaseShard.objects.waiting().filter(
        pk=shard.pk, epoch=shard.epoch, release__state=ReleaseState.RENDERING
    )


def _counted(article: Article, gold: Counts, tally: Tally) -> bytes:
    tally.add(article, gold)
    return article.line()


@transaction.atomic
def _check_in(shard: ReleaseShard, **progress: object) -> None:
    """Renew the claim, and count the shards' progress together for whoever looks on."""
    renew(mine(shard), **progress)
    done = shard.release.shards.aggregate(done=Sum("done"))["done"]
    rendering_ = Release.objects.filter(pk=shard.release_id, state=ReleaseState.RENDERING)
    rendering_.update(done=done, step=f"writing {jsonl.NAME}")
