"""What must always be true of releases; ``annotations.queries.invariants`` has the rest."""

import hashlib
from collections.abc import Iterator

import orjson
from django.db.models import TextField
from django.db.models.functions import Cast

from annotations.models import Gold
from annotations.queries.invariants import CHECKS as CHECKS_OF_ANNOTATIONS
from annotations.queries.invariants import Check
from annotations.queries.invariants.asking import found
from exports import folders, rendering
from exports.models import Release, ReleaseFile
from exports.recipe import Recipe
from exports.records import Frozen, Roster, build


def release_numbers_have_no_gaps() -> Iterator[str]:
    """A project's releases are numbered 1, 2, 3 …"""
    return found("""
        SELECT 'project ' || project.uuid
        FROM exports_release release
        JOIN annotations_project project ON project.id = release.project_id
        GROUP BY project.id
        HAVING max(release.number) <> count(*) OR min(release.number) <> 1
    """)


def release_files_are_what_was_published() -> Iterator[str]:
    """Every file of a release is there, with the size and the hash that it was published with."""
    kept = ReleaseFile.objects.filter(release__purged_at=None)
    for file in kept.select_related("release").order_by("pk").iterator():
        if not folders.storage().exists(file.path):
            yield f"{file.name} of release {file.release.uuid} is missing"
            continue
        digest = hashlib.sha256()
        size = 0
        for piece in folders.pieces(file.path):
            digest.update(piece)
            size += len(piece)
        if (size, digest.hexdigest()) != (file.bytes, file.sha256):
            yield f"{file.name} of release {file.release.uuid} differs"


def files_of_purged_releases_are_gone() -> Iterator[str]:
    """Nothing is left of files that named somebody who was erased."""
    gone = ReleaseFile.objects.exclude(release__purged_at=None)
    for file in gone.select_related("release").order_by("pk"):
        if folders.storage().exists(file.path):
            yield f"{file.name} of release {file.release.uuid} is still there"


def content_hashes_are_those_of_the_records() -> Iterator[str]:
    """The content hash of a release is the hash of its records, in row, file and manifest."""
    return found("""
        SELECT 'release ' || release.uuid
        FROM exports_release release
        LEFT JOIN exports_releasefile file
             ON file.release_id = release.id AND file.name = 'articles.jsonl'
        WHERE release.state IN ('ready', 'retracted')
          AND (file.sha256 IS DISTINCT FROM release.content_hash
               OR release.manifest ->> 'content_hash' IS DISTINCT FROM release.content_hash)
        ORDER BY release.id
    """)


def releases_can_be_rendered_again() -> Iterator[str]:
    """What a release has pinned still gives the bytes that were published.

    Without the names of people who were erased, nothing gives those of a purged one.
    """
    for release in Release.objects.with_files().order_by("pk"):
        digest = hashlib.sha256()
        for article, _counts in rendering.articles(release, rendering.roster_of(release)):
            digest.update(article.line())
        if digest.hexdigest() != release.content_hash:
            yield f"release {release.uuid}"


def gold_is_written_out_as_it_is() -> Iterator[str]:
    """What releases take of gold as it was written out is what its spans give."""
    rows = Gold.objects.exclude(written=None).order_by("pk")
    texts = [Cast(name, TextField()) for name in ("spans", "written", "counts")]
    for task, *said in rows.values_list("task__uuid", *texts).iterator():
        spans, written, counts = (text.encode() for text in said)
        coders = {coder for span in orjson.loads(spans) for coder in span["coders"]}
        roster = Roster([(coder, coder) for coder in sorted(coders)])
        looked_into = _GOLD._replace(gold=spans)
        try:
            told = build(
                _GOLD._replace(written=written, counts=counts), recipe=Recipe(), roster=roster
            )
        except (KeyError, ValueError):
            yield f"task {task}"
            continue
        article, counted = build(looked_into, recipe=Recipe(), roster=roster)
        if (told[0].line(), told[1]) != (article.line(), counted):
            yield f"task {task}"


#: An article without words, of which only the gold is looked at.
_GOLD = Frozen(
    key="",
    text=b'""',
    text_sha256="",
    meta=b"{}",
    zones=b"[]",
    cluster=None,
    split=None,
    codebook_version=None,
    gold=None,
    written=None,
    counts=None,
    codings=None,
)

CHECKS: list[Check] = [
    *CHECKS_OF_ANNOTATIONS,
    gold_is_written_out_as_it_is,
    release_numbers_have_no_gaps,
    release_files_are_what_was_published,
    files_of_purged_releases_are_gone,
    content_hashes_are_those_of_the_records,
    releases_can_be_rendered_again,
]
