"""Which articles a batch would have, and who would code them: a plan, with nothing written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from annotations.algorithms.allocation import Allocation, balanced
from annotations.enums import Role, Strategy
from annotations.exceptions import Invalid, Refused
from annotations.models import Article, ImportJob, Member, Project


class CannotPlan(Invalid):
    """The articles or coders asked for make no batch."""

    code = "cannot_plan"


class ClustersPending(Refused):
    """Which articles are versions of one story is still being computed."""

    code = "clusters_pending"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for. ``articles`` is one of ``{"ids": […]}``, ``{"import": id}``,
    ``{"all": True}`` and ``{"sample": n}``; ``coders`` are usernames."""

    articles: dict[str, Any]
    coders: Sequence[str]
    coders_per_article: int = 2
    strategy: str = Strategy.BALANCED
    one_per_cluster: bool = False
    suggestions: bool = False
    seed: int = 0
    name: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Plan:
    """Who would code what: articles in reading order, each with its coders.

    In a pool nobody has anything yet; ``unplaced`` are those that could not be drawn often enough.
    """

    articles: list[Article]
    members: dict[str, Member]
    allocation: Allocation
    is_pool: bool = False

    @property
    def placed(self) -> list[tuple[Article, list[str]]]:
        return [
            (article, self.allocation.assignments.get(article.key, []))
            for article in self.articles
            if article.key not in self._left
        ]

    @property
    def heaviest(self) -> int:
        """The largest load."""
        return max(self.allocation.loads.values(), default=0)

    @property
    def unplaced(self) -> list[Article]:
        return [article for article in self.articles if article.key in self._left]

    @cached_property
    def _left(self) -> set[str]:
        return set(self.allocation.unplaced)


def plan(project: Project, wish: Wish) -> Plan:
    """Return who would code what. Raises ``CannotPlan`` if the wish can't be met as it stands,
    and ``ClustersPending`` if it can't be judged yet."""
    members = _members(project, wish)
    articles = _articles(project, wish)
    if wish.one_per_cluster:
        _refuse_pending_clusters(articles)
    clusters = {a.key: str(a.cluster_id) for a in articles if a.cluster_id is not None}
    allocation = balanced(
        [article.key for article in articles],
        list(members),
        wish.coders_per_article,
        wish.seed,
        clusters if wish.one_per_cluster else None,
    )
    is_pool = wish.strategy == Strategy.POOL
    if is_pool:
        nothing = dict.fromkeys(allocation.loads, 0)
        allocation = Allocation(
            {}, nothing, dict.fromkeys(allocation.pairs, 0), allocation.unplaced
        )
    return Plan(articles, members, allocation, is_pool)


def _members(project: Project, wish: Wish) -> dict[str, Member]:
    coders = project.members.current().people().filter(roles__contains=[Role.CODER])
    found = {
        member.user.username: member
        for member in coders.filter(user__username__in=wish.coders).select_related("user")
    }
    if unknown := sorted(set(wish.coders) - set(found)):
        message = _("No coder of this project: %(names)s.") % {"names": ", ".join(unknown)}
        raise _cannot("coders", "unknown_coder", message)
    if not 1 <= wish.coders_per_article <= len(found):
        message = _("%(wanted)s coders an article, but %(there)s to choose from.") % {
            "wanted": wish.coders_per_article,
            "there": len(found),
        }
        raise _cannot("coders_per_article", "too_few_coders", message)
    return found


def _articles(project: Project, wish: Wish) -> list[Article]:
    fit = (
        Article.objects.published()
        .filter(project=project, withdrawn_at=None)
        .select_related("cluster")
        .defer("text")
        .order_by("pk")
    )
    kind, value = next(iter(wish.articles.items()))
    if kind == "ids":
        found = list(fit.filter(uuid__in=value))
        if missing := {UUID(str(uuid)) for uuid in value} - {article.uuid for article in found}:
            message = _("No article of this project, or withdrawn: %(ids)s.") % {
                "ids": ", ".join(sorted(map(str, missing))[:5])
            }
            raise _cannot("articles", "unknown_article", message)
    elif kind == "import":
        found = list(fit.filter(import_job__uuid=value))
    elif kind == "sample":
        found = list(fit)
        if value > len(found):
            message = _("There are %(count)s articles to sample from.") % {"count": len(found)}
            raise _cannot("articles", "too_few_articles", message)
        drawn = sorted(found, key=lambda article: _draw(wish.seed, article.key))[:value]
        found = sorted(drawn, key=lambda article: article.pk)
    else:
        found = list(fit)
    if not found:
        raise _cannot("articles", "no_articles", _("There are no articles in this selection."))
    return found


def _refuse_pending_clusters(articles: list[Article]) -> None:
    brought_by = {article.import_job_id for article in articles}
    if ImportJob.objects.unclustered().filter(pk__in=brought_by).exists():
        raise ClustersPending(
            _("Versions of one story among these articles are still being looked for. Try again.")
        )


def _draw(seed: int, key: str) -> str:
    return hashlib.sha256(f"{seed}\n{key}".encode()).hexdigest()


def _cannot(field: str, code: str, detail: str) -> CannotPlan:
    return CannotPlan(detail, errors=[{"field": field, "code": code, "detail": detail}])
