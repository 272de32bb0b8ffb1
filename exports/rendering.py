"""From frozen rows to records: the same rows give the same records, today and in a year."""

from collections.abc import Callable, Generator, Iterator

from django.db import connection

from exports import queries
from exports.models import Release
from exports.recipe import Recipe
from exports.records import Frozen, Roster, build
from exports.released import Article, Counts

CHUNK = 500

#: COPY in binary is the fastest way out of the database: nothing is escaped, and JSON comes as
#: the text that it is. Everything that a record needs stands in one row.
ROWS = """
    COPY (
        SELECT item.id, article.key, {text}, article.text_sha256, item.meta::text,
               item.zones::text, item.cluster, item.split, gold.codebook_version,
               {gold}, {codings}
        FROM (SELECT * FROM exports_releaseitem
              WHERE release_id = %(release)s AND id > %(after)s AND id <= %(last)s
              ORDER BY id LIMIT %(most)s) item
        JOIN annotations_article article ON article.id = item.article_id
        LEFT JOIN annotations_gold gold ON gold.id = item.gold_id
        ORDER BY item.id
    ) TO STDOUT (FORMAT binary)
"""
#: What is JSON is taken as the bytes that it is.
TYPES = [
    *("int8", "text", "bytea", "text", "bytea", "bytea", "text", "text", "int4"),
    *("bytea", "bytea", "bytea", "bytea"),
]
TEXT = "to_json(article.text)::text"
WRITTEN = (
    "CASE WHEN gold.written IS NULL THEN gold.spans::text END, gold.written, gold.counts::text"
)
#: Every quote has to be left out.
BARE = "gold.spans::text, NULL::text, NULL::text"
CODINGS = """
    (SELECT jsonb_agg(jsonb_build_object(
                'member', coding ->> 'member',
                'codebook_version', handed_in.codebook_version,
                'spans', handed_in.spans))::text
     FROM jsonb_array_elements(item.submissions) coding
     JOIN annotations_submission handed_in ON handed_in.uuid = (coding ->> 'submission')::uuid)
"""
NOTHING = "NULL::text"
END = 2**63 - 1


class OutOfOrder(Exception):
    """The items of a release don't stand in the order of their articles' keys."""


def articles(
    release: Release,
    roster: Roster,
    *,
    first: int = 0,
    last: int = END,
    between: Callable[[int], None] = lambda done: None,
) -> Generator[tuple[Article, Counts], None, None]:
    """Yield the articles of a frozen release in the order of their ids, holding few at a time.

    ``first`` and ``last`` are the items to begin and to end with. While articles come, the
    connection is busy: ``between`` is called, with their number so far, whenever it is free.
    Whoever does not take all of them closes the iterator.
    """
    recipe = Recipe.from_json(release.request)
    key = ""
    for row in _rows(release, recipe, after=first - 1, last=last, between=between):
        article, counts = build(Frozen(*row), recipe=recipe, roster=roster)
        if article.id <= key:
            raise OutOfOrder(article.id)
        key = article.id
        yield article, counts


def roster_of(release: Release) -> Roster:
    """Say what the coders of a frozen release are called in it."""
    recipe = Recipe.from_json(release.request)
    members = queries.coders_in(release)
    if recipe.real_names:
        return Roster.named({str(m.uuid): (m.name, m.is_external) for m in members})
    return Roster.pseudonymous(
        [str(member.uuid) for member in members],
        secret=bytes(release.project.secret),
        seed=recipe.seed,
    )


def _rows(
    release: Release,
    recipe: Recipe,
    *,
    after: int,
    last: int,
    between: Callable[[int], None],
) -> Iterator[tuple]:
    query = ROWS.format(
        text=TEXT if recipe.text else NOTHING,
        gold=WRITTEN if recipe.text else BARE,
        codings=CODINGS if recipe.has_codings else NOTHING,
    )
    where = {"release": release.pk, "last": last, "most": CHUNK}
    done = 0
    is_last = False
    while not is_last:
        rows = 0
        with (
            connection.wrap_database_errors,
            connection.cursor() as cursor,
            cursor.copy(query, where | {"after": after}) as copy,
        ):
            copy.set_types(TYPES)
            for row in copy.rows():
                rows += 1
                after = row[0]
                yield row[1:]
        is_last = rows < CHUNK
        done += rows
        between(done)
