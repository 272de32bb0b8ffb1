"""Finished work for releases, written past the actions of coding and adjudication."""

import hashlib
import os
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from annotations.enums import ReleaseState, TaskState
from annotations.models import Assignment, Batch, Gold, Member, Project, Task
from exports import folders
from exports.actions import building, comparing, releases
from exports.formats import jsonl
from exports.manifest import Tally
from exports.models import Comparison, Release
from exports.recipe import Recipe
from exports.released import Article, Counts
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

DECISION = "5b0c9a52-6a0c-4a1f-9a55-0d4c5a1d7a11"


def gold_span(text: str, quote: str, label: str, **more: Any) -> dict[str, Any]:
    """Return a gold span on the first ``quote`` in ``text``, with an id that follows from it."""
    start = text.index(quote)
    name = f"{start} {start + len(quote)} {label}"
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        "start": start,
        "end": start + len(quote),
        "label": label,
        "quote": quote,
        "attributes": [],
        "links": [],
        "note": "",
        "source": "adjudicated",
        "coders": [],
        "decision": DECISION,
        "card": "0" * 32,
        **more,
    }


def adjudicate(task: Task, spans: list[dict[str, Any]], *, at=MONDAY, version: int = 1) -> Gold:
    """Take a task all the way, with ``spans`` as its gold."""
    for state in (TaskState.CODED, TaskState.ADJUDICATING, TaskState.ADJUDICATED):
        task.state = state
        task.adjudicated_at = at if state == TaskState.ADJUDICATED else None
        task.save(update_fields=["state", "adjudicated_at"])
    return task.golds.create(
        number=task.golds.count() + 1, spans=spans, codebook_version=version, made_at=at
    )


def coded(task: Task, coder: Member, spans: list[dict[str, Any]]) -> Assignment:
    """Have ``coder`` hand in ``spans`` on ``task``."""
    return submitted(AssignmentFactory(task=task, coder=coder), spans)


def adjudicated_article(
    batch: Batch, *, quotes: dict[str, str] | None = None, at=MONDAY, **fields: Any
) -> Task:
    """Return the finished task of a new article, with ``{quote: label}`` as gold."""
    article = ArticleFactory(project=batch.project, **fields)
    task = TaskFactory(batch=batch, article=article)
    wanted = {"Ada Brandt": "actor"} if quotes is None else quotes
    adjudicate(task, [gold_span(article.text, *pair) for pair in wanted.items()], at=at)
    return task


def corpus(project: Project, articles: int, **fields: Any) -> Batch:
    """Return a batch of that many finished articles."""
    batch = BatchFactory(project=project)
    for _ in range(articles):
        adjudicated_article(batch, **fields)
    return batch


def coder(project: Project, name: str | None = None) -> Member:
    return MemberFactory(project=project, **({"user__username": name} if name else {}))


def requested(project: Project, **recipe: Any) -> Release:
    """Return a release that waits for its worker."""
    return releases.request(
        project=project, name="Gold", recipe=Recipe(**recipe), by=None, at=TUESDAY
    )


def counted(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a manifest says of the records' numbers."""
    tally = Tally()
    for record in records:
        spans = record.get("spans", ())
        counts = [Counter(span[name] for span in spans) for name in ("label", "source")]
        tally.add(msgspec.json.decode(jsonl.line(record), type=Article), Counts(*counts))
    return tally.as_json()


def published(
    project: Project,
    content: bytes = b"one\ntwo\n",
    *,
    records: list[dict[str, Any]] | None = None,
    real_names: bool = False,
    coders: list[str] | None = None,
    **manifest: Any,
) -> Release:
    """Return a ready release of one file, as if a worker had built it."""
    if records is not None:
        content = b"".join(map(jsonl.line, records))
    digest = hashlib.sha256(content).hexdigest()
    told = {"counts": counted(records or []), "request": Recipe().as_json(), "codebooks": []}
    release = Release.objects.create(
        project=project,
        number=project.releases.count() + 1,
        name="Gold",
        request=Recipe(real_names=real_names).as_json(),
        has_real_names=real_names,
        coders=coders,
        state=ReleaseState.READY,
        epoch=1,
        content_hash=digest,
        manifest=told | {"left_out": [], "losses": {}} | manifest,
        created_at=TUESDAY,
        finished_at=TUESDAY,
    )
    written = folders.write(release, "articles.jsonl", [content])
    release.files.create(
        name=written.name,
        path=folders.path_of(release, written),
        bytes=written.bytes,
        sha256=digest,
    )
    return release


def built(project: Project, **recipe: Any) -> Release:
    """Return a release that a worker has built."""
    release = requested(project, **recipe)
    building.build(release_id=release.pk, clock=lambda: TUESDAY)
    release.refresh_from_db()
    return release


def compared(since: Release, release: Release) -> Comparison:
    """Return what a worker finds out when two releases are to be compared."""
    found = comparing.find(since_id=since.pk, release_id=release.pk, clock=lambda: TUESDAY)
    assert found
    found.refresh_from_db()
    return found


def expire_leases(release: Release) -> None:
    """Let the leases of workers that are gone run out."""
    with connection.cursor() as cursor:
        for whose in ("release WHERE id", "releaseshard WHERE path = '' AND release_id"):
            lease = "SET lease_until = now() - interval '1 s'"
            leased = whose.replace("WHERE", f"{lease} WHERE lease_until IS NOT NULL AND")
            cursor.execute(f"UPDATE exports_{leased} = %s", [release.pk])


def files_left(release: Release) -> list[str]:
    """Return the paths of all files that lie there for a release."""
    root = Path(folders.storage().path(""))
    # A walk passes over a folder that a worker clears up meanwhile.
    found = os.walk(root / "releases" / str(release.uuid))
    paths = (Path(folder) / name for folder, _, names in found for name in names)
    return sorted(str(path.relative_to(root)) for path in paths)
