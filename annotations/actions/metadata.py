"""What is known of articles, corrected for many of them at once."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotations.actions import articles
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.algorithms.metadata import FIELDS
from annotations.enums import MetaSource
from annotations.exceptions import Invalid
from annotations.models import Article, AuditEvent, Batch, Project, Submission, User

#: More articles than that are corrected in several steps.
MOST_ARTICLES = 5000
LONGEST_VALUE = 400


class BadCorrection(Invalid):
    """There is nothing to correct, or a value that can't be one."""

    code = "bad_correction"


@transaction.atomic
def describe(
    *,
    project: Project,
    found: QuerySet[Article],
    by: User,
    at: datetime,
    values: Mapping[str, str],
    swap_day_and_month: bool = False,
) -> tuple[int, int]:
    """Give the articles in ``found`` new values of metadata; an empty one takes the value away.

    Returns how many articles changed, and how many stay as they are because work on them may
    have been handed in. What was there before is kept as a revision of each article.
    """
    project = lock_for_change(project, by=by)
    _check(values, swap_day_and_month)
    pks = list(found.filter(project=project).values_list("pk", flat=True)[: MOST_ARTICLES + 1])
    if len(pks) > MOST_ARTICLES:
        detail = _("At most %(most)s articles are corrected at once: narrow the search.")
        raise Invalid(detail % {"most": MOST_ARTICLES}, code="too_many")
    locked = articles.lock_with_work(Article.objects.filter(pk__in=pks))
    frozen = _frozen(pks, by)
    changed = [
        article
        for article in locked
        if article.pk not in frozen and _would_change(article, values, swap_day_and_month)
    ]
    articles.keep_revisions(changed, by=by, at=at)
    for article in changed:
        article.meta, article.meta_sources = _described(article, values, swap_day_and_month)
        article.version += 1
    Article.objects.bulk_update(changed, ["meta", "meta_sources", "version"], batch_size=500)
    record(
        AuditEvent.Kind.ARTICLES_DESCRIBED,
        target=project,
        by=by,
        at=at,
        fields=sorted({*values, *(["published_at"] if swap_day_and_month else [])}),
        changed=len(changed),
        kept=len(frozen),
    )
    return len(changed), len(frozen)


def _check(values: Mapping[str, str], swap_day_and_month: bool) -> None:
    if not values and not swap_day_and_month:
        raise BadCorrection(_("Say what is to be corrected."))
    for name, value in values.items():
        detail = None
        if name not in FIELDS:
            detail = _("“%(name)s” can’t be corrected for many articles.") % {"name": name}
        elif len(value) > LONGEST_VALUE or "\0" in value:
            detail = _("The value is too long, or no text.")
        elif name == "published_at" and value and not _is_day(value):
            detail = _("Write the date as year-month-day: 2023-09-21.")
        if detail:
            raise BadCorrection(
                detail, errors=[{"field": name, "code": "invalid", "detail": detail}]
            )


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _frozen(pks: list[int], by: User) -> set[int]:
    """Return the articles with work handed in, and those that ``by`` may know nothing about."""
    handed_in = Submission.objects.filter(assignment__task__article__in=pks)
    hidden = Batch.objects.blind_to(by).filter(tasks__article__in=pks)
    return {
        *handed_in.values_list("assignment__task__article", flat=True),
        *hidden.values_list("tasks__article", flat=True),
    } & set(pks)


def _would_change(article: Article, values: Mapping[str, str], swap: bool) -> bool:
    return _described(article, values, swap)[0] != article.meta


def _described(
    article: Article, values: Mapping[str, str], swap: bool
) -> tuple[dict[str, object], dict[str, str]]:
    meta, sources = dict(article.meta), dict(article.meta_sources)
    if swap and (turned := _swapped(meta.get("published_at"))):
        meta["published_at"], sources["published_at"] = turned, MetaSource.PERSON
    for name, value in values.items():
        if value:
            meta[name], sources[name] = value, MetaSource.PERSON
        else:
            meta.pop(name, None)
            sources.pop(name, None)
    return meta, sources


def _swapped(said: object) -> str | None:
    """Return a date with day and month swapped, or ``None`` if that is no date."""
    if not isinstance(said, str) or not _is_day(said):
        return None
    year, month, day = said.split("-")
    turned = f"{year}-{day}-{month}"
    return turned if _is_day(turned) else None
