"""Clusters, the versions that are in them, and where two versions differ."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import BoolAnd
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT

from annotations.algorithms import near_duplicates
from annotations.algorithms.stories import FURNITURE, story_text
from annotations.algorithms.word_diff import Stretch, differences
from annotations.enums import JobState
from annotations.models import Article, Cluster, Project, User
from annotations.queries.articles import BEGINNING

MOST_VERSIONS = 100


@dataclass(frozen=True)
class Piece:
    """A stretch of one line: site furniture, or said by one version only, or neither."""

    text: str
    is_furniture: bool = False
    is_different: bool = False


@dataclass(frozen=True)
class Version:
    """An article of a cluster, and how much of the base version's text it shares."""

    article: Article
    similarity: float
    is_base: bool = False

    @property
    def percent(self) -> int:
        return round(100 * self.similarity)


@dataclass(frozen=True)
class Comparison:
    base: Article
    other: Article
    base_lines: list[list[Piece]]
    other_lines: list[list[Piece]]


def listed(project: Project, user: User, q: str = "") -> QuerySet[Any]:
    """Return the clusters that have versions, with ``versions``, ``by_hand``, a ``title`` and
    the ``beginning`` of a text.

    ``q`` is part of the name of a cluster, or of the title of a version.
    """
    first = _versions(OuterRef("pk")).annotate(said=KT("meta__title"))
    found = Cluster.objects.visible_to(user).filter(project=project)
    if q:
        titled = Article.objects.published().filter(project=project, meta__title__icontains=q)
        found = found.filter(Q(name__icontains=q) | Q(pk__in=titled.values("cluster")))
    is_there = Q(articles__import_job__state=JobState.READY)
    return found.annotate(
        versions=Count("articles", filter=is_there),
        by_hand=BoolAnd("articles__is_clustered_by_hand"),
        title=Subquery(first.values("said")[:1]),
        beginning=Subquery(first.annotate(beginning=BEGINNING).values("beginning")[:1]),
    ).filter(versions__gt=0)


def versions(cluster: Cluster, base: UUID | None) -> list[Version]:
    """Return the versions, first published first, and how like the base each is.

    The first is the base unless another is asked for.
    """
    articles = list(_versions(cluster.pk).select_related("project")[:MOST_VERSIONS])
    if not articles:
        return []
    chosen = next((one for one in articles if one.uuid == base), articles[0])
    found = near_duplicates.runs([story_text(one.text, one.zones) for one in articles])
    runs = [near_duplicates.distinct(one) for one in found]
    of_base = runs[articles.index(chosen)]
    return [
        Version(article, near_duplicates.similarity(of_base, own), article == chosen)
        for article, own in zip(articles, runs, strict=True)
    ]


def compare(base: Article, other: Article) -> Comparison:
    """Return both texts line by line, cut where they differ."""
    ours, theirs = _furniture(base), _furniture(other)
    here, there = differences(base.text, other.text, skip_one=ours, skip_other=theirs)
    return Comparison(
        base, other, _lines(base.text, ours, here), _lines(other.text, theirs, there)
    )


def _versions(cluster: Any) -> QuerySet[Any]:
    found = Article.objects.published().filter(cluster=cluster)
    day = KT("meta__published_at")
    return found.annotate(day=day).order_by(F("day").asc(nulls_last=True), "pk")


def _furniture(article: Article) -> list[Stretch]:
    return [Stretch(z["start"], z["end"]) for z in article.zones if z["kind"] == FURNITURE]


def _lines(text: str, furniture: list[Stretch], different: list[Stretch]) -> list[list[Piece]]:
    borders = sorted({border for stretch in [*furniture, *different] for border in stretch})
    lines = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        edges = [start, *(border for border in borders if start < border < end), end]
        lines.append(
            [
                Piece(text[left:right], _is_in(furniture, left), _is_in(different, left))
                for left, right in pairwise(edges)
                if left < right
            ]
        )
        start = end + 1
    return lines


def _is_in(stretches: list[Stretch], place: int) -> bool:
    return any(start <= place < end for start, end in stretches)
