"""Who codes what: loads alike, every two coders together alike often."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from random import Random

_PATIENCE = 400
_TRIES = 12


@dataclass(frozen=True)
class Allocation:
    """A plan: ``assignments`` of each placed article, and what follows from them.

    ``loads`` counts articles of each coder, ``pairs`` the articles that two coders share, both
    with zeros. ``unplaced`` articles found too few coders who had nothing else of their cluster.
    """

    assignments: dict[str, list[str]]
    loads: dict[str, int]
    pairs: dict[tuple[str, str], int]
    unplaced: list[str]


def balanced(
    articles: Iterable[str],
    coders: Iterable[str],
    per_article: int,
    seed: int,
    clusters: Mapping[str, str] | None = None,
) -> Allocation:
    """Give each article to ``per_article`` coders.

    Loads differ by at most one. The numbers of articles that pairs of coders share are as equal
    as a local search gets them; with two coders an article they differ by at most one, unless
    clusters stand in the way. ``clusters`` maps articles to their cluster, those without one
    left out; nobody gets two articles of a cluster, and the articles for which that leaves too
    few coders are ``unplaced``. The same articles and coders, in any order, and the same
    ``seed`` give the same plan.
    """
    random = Random(seed)  # noqa: S311 - a plan to repeat, not a secret
    people = sorted(set(coders))
    names = sorted(set(articles))
    plan = _Plan(len(people), random)
    placed: list[str] = []
    unplaced: list[str] = []
    for group in _groups(names, clusters or {}, random):
        taken: set[int] = set()
        for name in group:
            block = plan.choose(per_article, taken)
            if block is None:
                unplaced.append(name)
                continue
            taken |= block
            placed.append(name)
            plan.place(block, cluster=(clusters or {}).get(name))
    plan.even_out()

    blocks = dict(zip(placed, plan.blocks, strict=True))
    return Allocation(
        assignments={name: [people[at] for at in sorted(blocks[name])] for name in sorted(blocks)},
        loads={person: plan.loads[at] for at, person in enumerate(people)},
        pairs={(people[a], people[b]): plan.shared[a][b] for a, b in plan.pairs()},
        unplaced=sorted(unplaced),
    )


def _groups(names: list[str], clusters: Mapping[str, str], random: Random) -> Iterator[list[str]]:
    """Yield the members of each cluster together, and articles without one alone, shuffled."""
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in names:
        cluster = clusters.get(name)
        members[("alone", name) if cluster is None else ("cluster", cluster)].append(name)
    groups = list(members.values())
    random.shuffle(groups)
    for group in groups:
        random.shuffle(group)
        yield group


class _Plan:
    """Blocks of coders, one an article, and the counts to keep even; coders are numbers."""

    def __init__(self, coders: int, random: Random):
        self.random = random
        self.coders = coders
        self.blocks: list[set[int]] = []
        self.clusters: list[str | None] = []
        self.loads = [0] * coders
        self.shared = [[0] * coders for _ in range(coders)]
        self.articles_of: list[set[int]] = [set() for _ in range(coders)]
        self.seen: Counter[tuple[int, str]] = Counter()

    def pairs(self) -> Iterator[tuple[int, int]]:
        return combinations(range(self.coders), 2)

    def choose(self, size: int, taken: set[int]) -> set[int] | None:
        """Pick the least loaded coders not in ``taken``; among those, the least acquainted.

        Members of a cluster come one after another. So each cluster takes the least loaded
        coders there are, and loads never differ by more than one.
        """
        free = [coder for coder in range(self.coders) if coder not in taken]
        if len(free) < size:
            return None
        block: set[int] = set()
        for _ in range(size):
            lowest = min(self.loads[coder] for coder in free)
            idle = [coder for coder in free if self.loads[coder] == lowest]
            met = [sum(self.shared[coder][other] for other in block) for coder in idle]
            strangers = [
                coder for coder, times in zip(idle, met, strict=True) if times == min(met)
            ]
            block.add(chosen := self.random.choice(strangers))
            free.remove(chosen)
        return block

    def place(self, block: set[int], cluster: str | None) -> None:
        article = len(self.blocks)
        self.blocks.append(set())
        self.clusters.append(cluster)
        for coder in sorted(block):
            self._add(coder, article)

    def _add(self, coder: int, article: int) -> None:
        for other in self.blocks[article]:
            self.shared[coder][other] += 1
            self.shared[other][coder] += 1
        self.blocks[article].add(coder)
        self.articles_of[coder].add(article)
        self.loads[coder] += 1
        if (cluster := self.clusters[article]) is not None:
            self.seen[coder, cluster] += 1

    def _remove(self, coder: int, article: int) -> None:
        self.blocks[article].remove(coder)
        self.articles_of[coder].remove(article)
        self.loads[coder] -= 1
        for other in self.blocks[article]:
            self.shared[coder][other] -= 1
            self.shared[other][coder] -= 1
        if (cluster := self.clusters[article]) is not None:
            self.seen[coder, cluster] -= 1

    def even_out(self) -> None:
        """Exchange coders between articles while the squares of the pair counts get no larger.

        Stops when pair counts differ by one at most, or nothing improved for a while.
        """
        failures = 0
        while failures < _PATIENCE:
            counts = {(a, b): self.shared[a][b] for a, b in self.pairs()}
            if not counts or max(counts.values()) - min(counts.values()) <= 1:
                return
            most = max(counts.values())
            fullest = [pair for pair, count in counts.items() if count == most]
            self.random.shuffle(fullest)
            for stays, leaves in map(self._either_way, fullest):
                if self.shared[stays][leaves] == most:
                    both = sorted(self.articles_of[stays] & self.articles_of[leaves])
                    gain = self._exchange(leaves, self.random.choice(both))
                    failures = 0 if gain > 0 else failures + 1

    def _either_way(self, pair: tuple[int, int]) -> tuple[int, int]:
        return pair if self.random.random() < 0.5 else pair[::-1]

    def _exchange(self, leaves: int, article: int) -> int:
        """Replace one coder of an article in the best way found; return what it gained."""
        best: list[tuple[int, int | None]] = []
        best_gain = 0
        for comes in range(self.coders):
            if comes in self.blocks[article] or not self._may_join(comes, article):
                continue
            partners: list[int | None] = []
            if self.loads[leaves] == self.loads[comes] + 1:
                partners.append(None)
            elsewhere = sorted(self.articles_of[comes] - self.articles_of[leaves])
            for other in self.random.sample(elsewhere, min(_TRIES, len(elsewhere))):
                if self._may_join(leaves, other):
                    partners.append(other)
            for partner in partners:
                gain = self._gain(leaves, comes, article, partner)
                if gain > best_gain:
                    best, best_gain = [], gain
                if gain == best_gain:
                    best.append((comes, partner))
        if best:
            comes, partner = self.random.choice(best)
            self._remove(leaves, article)
            if partner is not None:
                self._remove(comes, partner)
                self._add(leaves, partner)
            self._add(comes, article)
        return best_gain

    def _may_join(self, coder: int, article: int) -> bool:
        cluster = self.clusters[article]
        return cluster is None or not self.seen[coder, cluster]

    def _gain(self, leaves: int, comes: int, article: int, partner: int | None) -> int:
        """Half of what the sum of squared pair counts loses by the exchange."""
        here = self.blocks[article] - {leaves}
        there = set() if partner is None else self.blocks[partner] - {comes}
        # Who sits in both articles meets the same people as before.
        here, there = here - there, there - here
        out = sum(self.shared[leaves][w] - self.shared[comes][w] - 1 for w in here)
        back = sum(self.shared[comes][w] - self.shared[leaves][w] - 1 for w in there)
        return out + back
