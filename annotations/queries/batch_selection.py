"""Which articles a batch would have, and in which order: no texts, and no model instances."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotations.enums import Order, Versions
from annotations.exceptions import Invalid, Refused
from annotations.models import Article, ImportJob, Project
from annotations.queries import training
from annotations.queries.articles import DAY, ISO_DAY, fitting


class CannotPlan(Invalid):
    """The articles or coders asked for make no batch."""

    code = "cannot_plan"

    @classmethod
    def because(cls, field: str, code: str, detail: str) -> "CannotPlan":
        return cls(detail, errors=[{"field": field, "code": code, "detail": detail}])


class ClustersPending(Refused):
    """Which articles are versions of one story is still being computed."""

    code = "clusters_pending"


class Chosen(NamedTuple):
    """What planning needs to know of an article."""

    pk: int
    uuid: UUID
    key: str
    cluster: int | None
    length: int
    published_at: str | None
    import_job: int

    @property
    def age(self) -> tuple[bool, str, int]:
        """What sorts by date of publication, the undated ones last, as they came in."""
        day = self.published_at or ""
        is_dated = re.match(ISO_DAY, day) is not None
        return not is_dated, day if is_dated else "", self.pk


def chosen(
    project: Project,
    asked: Mapping[str, Any],
    *,
    order: str,
    seed: int,
    is_training: bool = False,
) -> list[Chosen]:
    """Return the articles that are ``asked`` for, in reading order.

    ``asked`` has one of ``ids``, ``import``, ``all``, ``sample`` and ``search``, the last being
    what ``queries.articles.fitting`` takes, or ``batch``. With ``search``, ``sample`` draws that
    many of those found. With any, ``clusters`` is one of ``Versions``: one version of a story is
    chosen before a sample is drawn, the others join after that. Withdrawn articles are never
    among them; for training only those whose gold is there. Raises ``CannotPlan``.
    """
    fit = Article.objects.published().filter(project=project, withdrawn_at=None)
    if is_training:
        fit = fit.filter(training.HAS_GOLD)
    found = _rows(_found(fit, asked))
    if "ids" in asked:
        _refuse_unknown(asked["ids"], found)
    versions = asked.get("clusters")
    if versions == Versions.ONE:
        found = _earliest(found)
    if "sample" in asked:
        found = _sample(found, asked["sample"], seed)
    if versions == Versions.WHOLE:
        found += _other_versions(fit, asked, found)
    if not found:
        message = (
            _("There are no articles with gold in this selection.")
            if is_training
            else _("There are no articles in this selection.")
        )
        raise CannotPlan.because("articles", "no_articles", message)
    return _in_order(found, order, seed)


def with_gold(project: Project, *, seed: int) -> list[Chosen]:
    """Return all articles whose gold is there, in an order drawn by ``seed``."""
    fit = Article.objects.published().filter(project=project, withdrawn_at=None)
    found = _rows(fit.filter(training.HAS_GOLD))
    # No draw of their own articles' order or sample.
    return sorted(found, key=lambda article: _draw(seed, f"check\n{article.key}"))


def refuse_pending_clusters(
    project: Project, asked: Mapping[str, Any], articles: Iterable[Chosen]
) -> None:
    """Raise ``ClustersPending`` if versions may yet be found that this selection needs to know."""
    pending = ImportJob.objects.unclustered().filter(project=project)
    if asked.get("clusters") != Versions.WHOLE:
        pending = pending.filter(pk__in={article.import_job for article in articles})
    if pending.exists():
        raise ClustersPending(
            _("Versions of one story among these articles are still being looked for. Try again.")
        )


def _found(fit: QuerySet[Article], asked: Mapping[str, Any]) -> QuerySet[Article]:
    if "ids" in asked:
        return fit.filter(uuid__in=asked["ids"])
    if "import" in asked:
        return fit.filter(import_job__uuid=asked["import"])
    wanted = asked.get("search", {})
    if "batch" in wanted:
        fit = fit.filter(tasks__batch__uuid=wanted["batch"])
    return fitting(fit, wanted)


def _rows(articles: QuerySet[Article]) -> list[Chosen]:
    rows = articles.annotate(day=DAY).order_by("pk")
    fields = ("pk", "uuid", "key", "cluster_id", "text_length", "day", "import_job_id")
    return [Chosen(*row) for row in rows.values_list(*fields)]


def _refuse_unknown(ids: Iterable[Any], found: list[Chosen]) -> None:
    if missing := {UUID(str(uuid)) for uuid in ids} - {article.uuid for article in found}:
        named = ", ".join(sorted(map(str, missing))[:5])
        message = _(
            "No article of this project, withdrawn, or without the gold that training needs: "
            "%(ids)s."
        ) % {"ids": named}
        raise CannotPlan.because("articles", "unknown_article", message)


def _earliest(found: list[Chosen]) -> list[Chosen]:
    first: dict[int, Chosen] = {}
    for article in sorted(found, key=lambda one: one.age):
        if article.cluster is not None:
            first.setdefault(article.cluster, article)
    return [one for one in found if one.cluster is None or first[one.cluster] is one]


def _sample(found: list[Chosen], number: int, seed: int) -> list[Chosen]:
    if number > len(found):
        message = _("There are %(count)s articles to sample from.") % {"count": len(found)}
        raise CannotPlan.because("articles", "too_few_articles", message)
    return sorted(found, key=lambda article: _draw(seed, article.key))[:number]


def _other_versions(
    fit: QuerySet[Article], asked: Mapping[str, Any], found: list[Chosen]
) -> list[Chosen]:
    """Return what else there is of the stories found; nothing that has work, where that counts."""
    stories = {article.cluster for article in found} - {None}
    unbatched = bool(asked.get("search", {}).get("unbatched"))
    others = fitting(fit.filter(cluster__in=stories), {"unbatched": unbatched})
    have = {article.pk for article in found}
    return [article for article in _rows(others) if article.pk not in have]


def _in_order(found: list[Chosen], order: str, seed: int) -> list[Chosen]:
    if order == Order.DATE:
        return sorted(found, key=lambda article: article.age)
    if order == Order.SHUFFLED:
        # Not the draw of a sample, whose order says who was nearly left out.
        return sorted(found, key=lambda article: _draw(seed, f"order\n{article.key}"))
    return sorted(found, key=lambda article: article.pk)


def _draw(seed: int, key: str) -> str:
    return hashlib.sha256(f"{seed}\n{key}".encode()).hexdigest()
