"""Who would code what: a plan, with nothing written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import chain, combinations
from typing import Any

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.algorithms.allocation import Allocation, balanced, mixed_in, shared_ones
from annotations.enums import Order, Priority, Role, Strategy
from annotations.models import Cluster, Member, Project
from annotations.queries import checks, training
from annotations.queries.batch_selection import (
    CannotPlan,
    Chosen,
    chosen,
    refuse_pending_clusters,
)
from annotations.queries.qualification import missing


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for. ``articles`` is what ``batch_selection.chosen`` takes; ``coders`` are
    usernames, of whom a share of ``overlap`` of the articles has ``coders_per_article`` and the
    rest one."""

    articles: dict[str, Any]
    coders: Sequence[str]
    coders_per_article: int = 2
    overlap: float = 1.0
    strategy: str = Strategy.BALANCED
    order: str = Order.IMPORTED
    one_per_cluster: bool = False
    suggestions: bool = False
    #: Everybody codes every article, whose gold is there to learn from.
    training: bool = False
    #: So many articles of known gold are hidden among the others.
    checks: int = 0
    #: Whom the batch is open to: strict F1 with gold over so many training articles.
    required_f1: float | None = None
    required_articles: int | None = None
    priority: int = Priority.NORMAL
    seed: int = 0
    name: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Crowded:
    """A story of which more versions were chosen than there are coders for."""

    name: str
    versions: int
    unplaced: int
    coders: int

    def __str__(self) -> str:
        text = ngettext(
            "%(unplaced)s of the %(versions)s versions of “%(name)s” finds too few of the "
            "%(coders)s coders without another one.",
            "%(unplaced)s of the %(versions)s versions of “%(name)s” find too few of the "
            "%(coders)s coders without another one.",
            self.unplaced,
        )
        return text % vars(self)


@dataclass(frozen=True)
class Plan:
    """Who would code what: articles in reading order, each with its coders.

    In a pool nobody has anything yet; ``unplaced`` are those that could not be drawn often enough.
    """

    wish: Wish
    articles: list[Chosen]
    members: dict[str, Member]
    allocation: Allocation
    #: The articles that several coders have.
    shared: set[str]
    cluster_names: dict[int, str]
    #: The check articles, each with whom it can go to.
    checks: dict[Chosen, list[str]] = field(default_factory=dict)

    @property
    def is_pool(self) -> bool:
        return self.wish.strategy == Strategy.POOL

    @cached_property
    def placed(self) -> list[tuple[Chosen, list[str]]]:
        return [
            (article, self.allocation.assignments.get(article.key, []))
            for article in self.articles
            if article.key not in self._left
        ]

    @cached_property
    def unplaced(self) -> list[Chosen]:
        return [article for article in self.articles if article.key in self._left]

    @cached_property
    def everything(self) -> list[tuple[Chosen, list[str]]]:
        """What is placed with the checks in their places. Not to be shown: its reader may code."""
        return mixed_in(self.placed, list(self.checks.items()), self.wish.seed)

    @property
    def short_of_checks(self) -> list[tuple[str, int]]:
        """Who can have fewer checks than were asked for, and how many."""
        counts = Counter(chain.from_iterable(self.checks.values()))
        return [(name, counts[name]) for name in self.members if counts[name] < len(self.checks)]

    def wanted(self, article: Chosen) -> int:
        """How many coders an article is to have."""
        if article in self.checks:
            return len(self.checks[article])
        if self.wish.training:
            return len(self.allocation.assignments[article.key])
        return self.wish.coders_per_article if article.key in self.shared else 1

    @property
    def codings(self) -> int:
        """How often an article is coded, in all."""
        return sum(self.wanted(article) for article, _coders in self.everything)

    @property
    def heaviest(self) -> int:
        """The largest load."""
        return max(self.allocation.loads.values(), default=0)

    @property
    def load_spread(self) -> int:
        return _spread(self.allocation.loads)

    @property
    def pair_spread(self) -> int:
        return _spread(self.allocation.pairs)

    @property
    def imbalance(self) -> str:
        """Say why some pairs of coders share notably more articles than others, if they do."""
        if self.pair_spread <= 2:
            return ""
        if self.wish.one_per_cluster:
            return _(
                "Some pairs share more articles than others: who has one version of a story can’t "
                "stand in for who has another."
            )
        return _("Some pairs share more articles than others: no exchange was found that helps.")

    @cached_property
    def crowded(self) -> list[Crowded]:
        """The stories that leave articles unplaced, the worst first."""
        versions = Counter(article.cluster for article in self.articles)
        unplaced = Counter(article.cluster for article in self.unplaced)
        return [
            Crowded(self.cluster_names[pk], versions[pk], count, len(self.members))
            for pk, count in unplaced.most_common()
            if pk is not None
        ]

    @cached_property
    def _left(self) -> set[str]:
        return set(self.allocation.unplaced)


def plan(project: Project, wish: Wish) -> Plan:
    """Return who would code what. Raises ``CannotPlan`` if the wish can't be met as it stands,
    and ``ClustersPending`` if it can't be judged yet."""
    members = _members(project, wish)
    if wish.training:
        return _training(project, wish, members)
    _refuse_unqualified(wish, members)
    articles = chosen(project, wish.articles, order=wish.order, seed=wish.seed)
    if wish.one_per_cluster or wish.articles.get("clusters"):
        refuse_pending_clusters(project, wish.articles, articles)
    keys = [article.key for article in articles]
    shared = set(keys) if wish.overlap == 1 else shared_ones(keys, wish.overlap, wish.seed)
    clusters = {a.key: str(a.cluster) for a in articles if a.cluster is not None}
    allocation = balanced(
        keys,
        list(members),
        wish.coders_per_article,
        wish.seed,
        clusters if wish.one_per_cluster else None,
        singles=set(keys) - shared,
    )
    hidden = checks.drawn(project, members, wish.checks, besides=articles, seed=wish.seed)
    if wish.strategy == Strategy.POOL:
        nothing = dict.fromkeys(allocation.loads, 0)
        none_shared = dict.fromkeys(allocation.pairs, 0)
        allocation = replace(allocation, assignments={}, loads=nothing, pairs=none_shared)
    else:
        loads = Counter(allocation.loads) + Counter(chain.from_iterable(hidden.values()))
        allocation = replace(allocation, loads={name: loads[name] for name in allocation.loads})
    left = set(allocation.unplaced)
    crowded = [one.cluster for one in articles if one.key in left and one.cluster is not None]
    named = Cluster.objects.filter(pk__in=crowded).values_list("pk", "name")
    return Plan(wish, articles, members, allocation, shared, dict(named), hidden)


def _training(project: Project, wish: Wish, members: dict[str, Member]) -> Plan:
    """Give every coder each of the articles, but those that the coder was ever given before."""
    if wish.strategy == Strategy.POOL:
        message = _("Training is given out: everybody codes every article.")
        raise CannotPlan.because("strategy", "training_is_no_pool", message)
    if wish.required_articles is not None:
        message = _("Training is open to everybody; it can’t require training.")
        raise CannotPlan.because("requires", "training_requires_nothing", message)
    if wish.checks:
        message = _("All of training is compared with gold; there is nothing to check.")
        raise CannotPlan.because("checks", "training_has_no_checks", message)
    known = chosen(project, wish.articles, order=wish.order, seed=wish.seed, is_training=True)
    had = training.known_to(members.values(), [article.pk for article in known])
    given = {
        article.key: [name for name, one in members.items() if (one.pk, article.pk) not in had]
        for article in known
    }
    articles = [article for article in known if given[article.key]]
    if not articles:
        message = _("These coders have had all of these articles before.")
        raise CannotPlan.because("articles", "known_to_all", message)
    assignments = {article.key: given[article.key] for article in articles}
    own = {name: {key for key, names in assignments.items() if name in names} for name in members}
    allocation = Allocation(
        assignments=assignments,
        loads={name: len(keys) for name, keys in own.items()},
        pairs={(a, b): len(own[a] & own[b]) for a, b in combinations(sorted(own), 2)},
        unplaced=[],
    )
    return Plan(wish, articles, members, allocation, set(assignments), {})


def _refuse_unqualified(wish: Wish, members: dict[str, Member]) -> None:
    """Refuse to give work to coders whose training does not come up to what is asked for.

    Who draws from a pool may come up to it later.
    """
    if wish.required_articles is None or wish.strategy == Strategy.POOL:
        return
    if lacking := sorted(name for name, one in members.items() if missing(one, wish)):
        message = _(
            "Not admitted yet, by training with strict F1 of %(f1)s or more over %(count)s "
            "articles, nor by hand: %(names)s."
        ) % {
            "f1": floatformat(wish.required_f1, 3),
            "count": wish.required_articles,
            "names": ", ".join(lacking),
        }
        raise CannotPlan.because("coders", "not_admitted", message)


def _members(project: Project, wish: Wish) -> dict[str, Member]:
    coders = project.members.current().people().filter(roles__contains=[Role.CODER])
    found = {
        member.user.username: member
        for member in coders.filter(user__username__in=wish.coders).select_related("user")
    }
    if unknown := sorted(set(wish.coders) - set(found)):
        message = _("No coder of this project: %(names)s.") % {"names": ", ".join(unknown)}
        raise CannotPlan.because("coders", "unknown_coder", message)
    if not wish.training and not 1 <= wish.coders_per_article <= len(found):
        message = _("%(wanted)s coders an article, but %(there)s to choose from.") % {
            "wanted": wish.coders_per_article,
            "there": len(found),
        }
        raise CannotPlan.because("coders_per_article", "too_few_coders", message)
    return found


def _spread(counts: dict[Any, int]) -> int:
    return max(counts.values(), default=0) - min(counts.values(), default=0)
