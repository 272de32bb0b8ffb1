"""Texts, their zones, the bytes that they came from, and the codebooks they are read with."""

import hashlib
from collections.abc import Iterator

from django.core.files.storage import default_storage

from annotations.models import SourceFile
from annotations.queries.invariants.asking import found

_PIECE = 2**20

#: What canonical text never has: controls but LF and TAB, and the other line ends.
_FOREIGN = "[\x01-\x08\x0b-\x1f\x80-\x9f\u2028\u2029]"


def articles_match_their_hash() -> Iterator[str]:
    """The text of an article is the one that was imported, to the byte and in length."""
    return found("""
        SELECT 'article ' || uuid FROM annotations_article
        WHERE text_sha256 <> encode(sha256(convert_to(text, 'UTF8')), 'hex')
           OR text_length <> length(text)
        ORDER BY id
    """)


def articles_are_canonical() -> Iterator[str]:
    """No text has a character that the import replaces."""
    return found(
        "SELECT 'article ' || uuid FROM annotations_article WHERE text ~ %s ORDER BY id", _FOREIGN
    )


def zones_lie_inside_their_article() -> Iterator[str]:
    """A zone is a stretch of its article's text."""
    return found("""
        SELECT DISTINCT 'article ' || uuid
        FROM annotations_article, jsonb_array_elements(zones) zone
        WHERE NOT (0 <= (zone ->> 'start')::int
                   AND (zone ->> 'start')::int < (zone ->> 'end')::int
                   AND (zone ->> 'end')::int <= text_length)
    """)


def article_versions_have_no_gaps() -> Iterator[str]:
    """Every correction of zones or meta has left what it replaced."""
    return found("""
        SELECT 'article ' || article.uuid
        FROM annotations_article article
        LEFT JOIN annotations_articlerevision revision ON revision.article_id = article.id
        GROUP BY article.id
        HAVING article.version <> count(revision.id) + 1
            OR coalesce(max(revision.version), 0) <> count(revision.id)
        ORDER BY article.id
    """)


def staged_articles_bear_no_work() -> Iterator[str]:
    """What an import has staged is in no batch and has no suggestions before it is ready."""
    return found("""
        SELECT 'article ' || article.uuid
        FROM annotations_article article
        JOIN annotations_importjob job ON job.id = article.import_job_id AND job.state <> 'ready'
        WHERE EXISTS (SELECT FROM annotations_task WHERE article_id = article.id)
           OR EXISTS (SELECT FROM annotations_suggestion WHERE article_id = article.id)
           OR EXISTS (SELECT FROM annotations_articlerevision WHERE article_id = article.id)
        ORDER BY article.id
    """)


def imports_that_are_over_leave_nothing_staged() -> Iterator[str]:
    """A stage is cleared up soon after its import is over, whatever came of it."""
    return found("""
        SELECT 'import ' || job.uuid
        FROM annotations_importjob job
        WHERE job.state IN ('ready', 'failed', 'cancelled')
          AND job.finished_at < now() - interval '1 hour'
          AND (EXISTS (SELECT FROM annotations_stagedrow WHERE import_job_id = job.id)
               OR (job.state <> 'ready'
                   AND EXISTS (SELECT FROM annotations_article WHERE import_job_id = job.id)))
        ORDER BY job.id
    """)


def uploads_are_the_bytes_that_came() -> Iterator[str]:
    """Every uploaded file is there, with the size and the hash that it had."""
    for source in SourceFile.objects.order_by("pk").iterator():
        digest = hashlib.sha256()
        size = 0
        try:
            with default_storage.open(source.path) as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    size += len(piece)
        except FileNotFoundError:
            yield f"upload {source.uuid} is missing"
            continue
        if (size, digest.hexdigest()) != (source.size, source.sha256):
            yield f"upload {source.uuid} differs"


def codebook_versions_have_no_gaps() -> Iterator[str]:
    """A project's codebooks are numbered 1, 2, 3 …, and define labels of the project."""
    yield from found("""
        SELECT 'project ' || project.uuid
        FROM annotations_codebookversion codebook
        JOIN annotations_project project ON project.id = codebook.project_id
        GROUP BY project.id
        HAVING max(codebook.number) <> count(*) OR min(codebook.number) <> 1
    """)
    yield from found("""
        SELECT 'definition ' || definition.id
        FROM annotations_labeldefinition definition
        JOIN annotations_codebookversion codebook ON codebook.id = definition.codebook_id
        JOIN annotations_label label ON label.id = definition.label_id
        WHERE label.project_id <> codebook.project_id
    """)
