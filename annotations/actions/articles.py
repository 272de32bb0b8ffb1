"""Articles after their import: zones and meta corrected, or taken out of future releases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotations.actions import clusters
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.enums import MetaSource, ZoneKind, ZonesBy
from annotations.exceptions import Invalid, Refused
from annotations.importing import records
from annotations.importing.problems import Problem
from annotations.models import (
    Article,
    ArticleRevision,
    Assignment,
    AuditEvent,
    Span,
    User,
)
from annotations.queries.articles import is_settled, released_since_withdrawal


class WorkSubmitted(Refused):
    """Work on the article was handed in, so that it stays as it is."""

    code = "work_submitted"


class ZoneCoversSpan(Refused):
    """Somebody has coded what would become site furniture."""

    code = "zone_covers_span"


class AlreadyWithdrawn(Refused):
    """The article was withdrawn before."""

    code = "already_withdrawn"


class CannotRestore(Refused):
    """The article is not withdrawn, or a release has been made without it since."""

    code = "cannot_restore"


@transaction.atomic
def correct(
    *,
    article: Article,
    by: User,
    at: datetime,
    zones: list[dict[str, Any]] | None = None,
    meta: dict[str, Any] | None = None,
) -> Article:
    """Replace what is given of zones and meta; what it replaces is kept as a revision."""
    article = _locked(article, by)
    lock_work(Article.objects.filter(pk=article.pk))
    if is_settled(article, by):
        raise WorkSubmitted(_("Work on this article may have been handed in: it stays as it is."))
    changes: dict[str, Any] = {}
    try:
        if zones is not None:
            changes["zones"] = records.check_zones(zones, article.text)
        if meta is not None:
            changes["meta"] = records.check_meta(meta)
    except Problem as problem:
        raise Invalid(problem.detail, code=problem.code) from problem
    changes = {name: value for name, value in changes.items() if value != getattr(article, name)}
    if not changes:
        return article
    _refuse_covered_spans(article, changes.get("zones", []))
    keep_revisions([article], by=by, at=at)
    if "meta" in changes:
        article.meta_sources = _sources_after(article, changes["meta"])
    if "zones" in changes:
        article.zones_by = ZonesBy.PERSON
    for name, value in changes.items():
        setattr(article, name, value)
    article.version += 1
    article.save(update_fields=[*changes, "meta_sources", "zones_by", "version"])
    if "zones" in changes:
        clusters.compare_again([article])
    record(
        AuditEvent.Kind.ARTICLE_CORRECTED,
        target=article,
        by=by,
        at=at,
        version=article.version,
        changed=sorted(changes),
    )
    return article


@transaction.atomic
def withdraw(*, article: Article, reason: str, by: User, at: datetime) -> Article:
    """Take the article out of every future release; those that are out stay as they are."""
    article = _locked(article, by)
    if not reason.strip():
        detail = _("Say why the article is withdrawn.")
        raise Invalid(detail, errors=[{"field": "reason", "code": "required", "detail": detail}])
    if article.withdrawn_at:
        raise AlreadyWithdrawn(_("This article was withdrawn before."))
    article.withdrawn_at = at
    article.withdrawn_reason = reason
    article.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record(AuditEvent.Kind.ARTICLE_WITHDRAWN, target=article, by=by, at=at)
    return article


@transaction.atomic
def restore(*, article: Article, by: User, at: datetime) -> Article:
    """Undo a withdrawal, as long as no release was made in the meantime.

    Who reads such a release relies on the article being out of this and every later one.
    """
    article = _locked(article, by)
    if article.withdrawn_at is None:
        raise CannotRestore(_("This article is not withdrawn."))
    if released_since_withdrawal(article):
        raise CannotRestore(
            _("A release was made without this article. It stays withdrawn, as that release says.")
        )
    article.withdrawn_at, article.withdrawn_reason = None, ""
    article.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record(AuditEvent.Kind.ARTICLE_RESTORED, target=article, by=by, at=at)
    return article


def lock_with_work(articles: QuerySet[Article]) -> list[Article]:
    """Lock articles and the work on them, and return them fresh, in order."""
    locked = list(
        articles.select_for_update(of=("self",))
        .select_related("project", "cluster")
        .order_by("pk")
    )
    lock_work(articles)
    return locked


def lock_work(articles: QuerySet[Article]) -> None:
    """Lock the assignments on articles that are locked already.

    A coder at work holds the assignment's row, so that no span slips under a new zone.
    """
    list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(task__article__in=articles)
        .order_by("pk")
        .values_list("pk")
    )


def keep_revisions(articles: Sequence[Article], *, by: User | None, at: datetime) -> None:
    """Keep what the articles say now, before something else takes its place."""
    ArticleRevision.objects.bulk_create(
        ArticleRevision(
            article=article,
            version=article.version,
            meta=article.meta,
            zones=article.zones,
            replaced_by=by,
            replaced_at=at,
        )
        for article in articles
    )


def _sources_after(article: Article, meta: dict[str, Any]) -> dict[str, str]:
    """Return where the values of ``meta`` come from, once a person has put it in place."""
    return {
        name: article.meta_sources.get(name, MetaSource.RECORD)
        if article.meta.get(name) == value
        else MetaSource.PERSON
        for name, value in meta.items()
    }


def _locked(article: Article, by: User) -> Article:
    lock_for_change(article.project, by=by)
    rows = Article.objects.select_for_update(of=("self",)).select_related("project", "cluster")
    return rows.get(pk=article.pk)


def _refuse_covered_spans(article: Article, zones: list[dict[str, Any]]) -> None:
    spans = Span.objects.filter(assignment__task__article=article)
    for zone in zones:
        if zone["kind"] != ZoneKind.BOILERPLATE:
            continue
        if spans.filter(start__gte=zone["start"], end__lte=zone["end"]).exists():
            raise ZoneCoversSpan(_("Somebody has coded a span inside the new site furniture."))
