"""Who codes what: loads alike, every two coders together alike often."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, cycle, pairwise
from random import Random
from typing import TypeVar

Item = TypeVar("Item")

#: So many exchanges a coder may gain nothing before the search ends, and before it ends with
#: pairs that differ by more than two.
_PATIENCE = 12
_MORE_PATIENCE = 100
#: So many articles of a coder are tried for an exchange.
_TRIES = 5
#: So many articles are placed, and exchanged among, at a time.
_PIECE = 4000


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


def shared_ones(articles: Sequence[str], share: float, seed: int) -> set[str]:
    """Draw the ``share`` of ``articles`` that several coders are to have, the others one.

    The number is rounded, half a one up. The articles, given in reading order, are cut into
    that many runs of equal length and one of each is drawn, so that wherever the work stops,
    about that share of what was read was read by several.
    """
    random = Random(seed)  # noqa: S311 - a plan to repeat, not a secret
    runs = math.floor(len(articles) * share + 0.5)
    edges = [run * len(articles) // max(runs, 1) for run in range(runs + 1)]
    return {articles[random.randrange(first, end)] for first, end in pairwise(edges)}


def mixed_in(some: Sequence[Item], others: Sequence[Item], seed: int) -> list[Item]:
    """Return ``some`` in their order with ``others`` among them, spread over all of it.

    ``some`` are cut into as many runs of equal length as there are ``others``, and each of these
    comes somewhere into its run.
    """
    random = Random(f"{seed} mixed")  # noqa: S311 - a plan to repeat, not a secret
    mixed = list(some)
    edges = [run * len(some) // max(len(others), 1) for run in range(len(others) + 1)]
    for run, other in reversed(list(enumerate(others))):
        mixed.insert(random.randint(edges[run], edges[run + 1]), other)
    return mixed


def balanced(
    articles: Iterable[str],
    coders: Iterable[str],
    per_article: int,
    seed: int,
    clusters: Mapping[str, str] | None = None,
    singles: Collection[str] = frozenset(),
) -> Allocation:
    """Give each article to ``per_article`` coders, and each of ``singles`` to one.

    Loads differ by at most one, always. The numbers of articles that two coders share differ by
    at most one with two coders an article and no ``clusters``: that order of pairs is
    constructed. Otherwise a search evens them out, to within two at every size that the tests
    try (up to five coders an article, of up to forty), usually to within one; where ``clusters``
    forbid exchanges it comes as close as it can.

    ``clusters`` maps articles to their cluster, those without one left out; nobody gets two
    articles of a cluster. Articles for which that leaves too few coders are ``unplaced``, as few
    as can be. The same articles and coders, in any order, and the same ``seed`` give the same
    plan. Time grows with the number of articles.
    """
    random = Random(seed)  # noqa: S311 - a plan to repeat, not a secret
    people = sorted(set(coders))
    plan = _Plan(len(people), random)
    sizes = {name: 1 if name in singles else per_article for name in sorted(set(articles))}
    placed: list[str] = []
    unplaced: list[str] = []
    due = _PIECE
    if per_article == 2 and not clusters and len(people) > 1:
        doubles = [name for name in sizes if sizes[name] == 2]
        random.shuffle(doubles)
        plan.place_in_turn(len(doubles))
        placed = doubles
        groups = _groups([name for name in sizes if sizes[name] == 1], {}, random)
    else:
        groups = _groups(list(sizes), clusters or {}, random)
    for group in groups:
        taken: set[int] = set()
        # The modest ones first: so the fewest find nobody.
        for name in sorted(group, key=sizes.__getitem__):
            if len(people) - len(taken) < sizes[name]:
                unplaced.append(name)
            else:
                placed.append(name)
                taken |= plan.place(sizes[name], taken, cluster=(clusters or {}).get(name))
        if len(plan.blocks) >= due:
            plan.even_out(within=3)
            due += _PIECE
    plan.even_out(within=1)

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


def _pairs_in_turn(coders: int) -> Iterator[tuple[int, int]]:
    """Yield every pair once, in an order in which nobody is ever two pairs ahead of anybody.

    An even number of coders plays a round robin, each round a perfect matching. An odd number
    walks Walecki's cycles through everybody: every other step, first the odd ones, then the
    even ones, closes each cycle before the next is begun.
    """
    others = coders - 1
    if coders % 2 == 0:
        for turn in range(others):
            yield others, turn
            for step in range(1, coders // 2):
                yield (turn + step) % others, (turn - step) % others
        return
    for turn in range(others // 2):
        zigzag = [turn + (step + 1) // 2 * (1 if step % 2 else -1) for step in range(others)]
        walk = [others, *(stop % others for stop in zigzag), others]
        steps = list(pairwise(walk))
        yield from steps[::2] + steps[1::2]


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
        #: The one article of a cluster that a coder has.
        self.version_of: dict[tuple[int, str], int] = {}
        #: Those with the lowest load.
        self.idle = set(range(coders))

    def pairs(self) -> Iterator[tuple[int, int]]:
        return combinations(range(self.coders), 2)

    def place_in_turn(self, articles: int) -> None:
        """Give each of the first ``articles`` to two coders, loads and pairs within one."""
        names = list(range(self.coders))
        self.random.shuffle(names)
        for _, (one, other) in zip(
            range(articles), cycle(_pairs_in_turn(self.coders)), strict=False
        ):
            self._append({names[one], names[other]}, None)
        self._see_who_is_idle()

    def place(self, size: int, taken: set[int], cluster: str | None) -> set[int]:
        """Give an article to the least loaded coders not in ``taken``; among those, to the least
        acquainted.

        Members of a cluster come one after another. So each cluster takes the least loaded
        coders there are, and loads never differ by more than one.
        """
        block: set[int] = set()
        met = [0] * self.coders
        for _ in range(size):
            free = [coder for coder in self.idle if coder not in taken and coder not in block]
            fewest = min(map(met.__getitem__, free))
            chosen = self.random.choice([coder for coder in free if met[coder] == fewest])
            met = [before + more for before, more in zip(met, self.shared[chosen], strict=True)]
            block.add(chosen)
            self.idle.remove(chosen)
            if not self.idle:
                self.idle = set(range(self.coders))
        self._append(block, cluster)
        return block

    def _append(self, block: set[int], cluster: str | None) -> None:
        for one, other in combinations(block, 2):
            self.shared[one][other] += 1
            self.shared[other][one] += 1
        for coder in block:
            self.loads[coder] += 1
            if cluster is not None:
                self.version_of[coder, cluster] = len(self.blocks)
        self.blocks.append(block)
        self.clusters.append(cluster)

    def even_out(self, within: int) -> None:
        """Exchange coders between articles while the squares of the pair counts get no larger.

        Stops when pair counts differ by ``within`` at most, or nothing improved for a while. The
        exchanges are among the articles placed last: it is called often enough that before
        these, pairs are nearly even already.
        """
        self.articles_of = [set() for _ in range(self.coders)]
        first = max(0, len(self.blocks) - _PIECE)
        for article, block in enumerate(self.blocks[first:], first):
            for coder in block:
                self.articles_of[coder].add(article)
        failures = 0
        while True:
            counts = {(a, b): self.shared[a][b] for a, b in self.pairs()}
            most = max(counts.values(), default=0)
            spread = most - min(counts.values(), default=0)
            if spread <= within or failures >= self.coders * (
                _PATIENCE if spread == 2 else _MORE_PATIENCE
            ):
                break
            fullest = [pair for pair, count in counts.items() if count == most]
            self.random.shuffle(fullest)
            for stays, leaves in map(self._either_way, fullest):
                if self.shared[stays][leaves] == most:
                    both = sorted(self.articles_of[stays] & self.articles_of[leaves])
                    gain = self._exchange(leaves, self.random.choice(both)) if both else 0
                    failures = 0 if gain > 0 else failures + 1
        self._see_who_is_idle()

    def _see_who_is_idle(self) -> None:
        lowest = min(self.loads, default=0)
        self.idle = {coder for coder, load in enumerate(self.loads) if load == lowest}

    def _either_way(self, pair: tuple[int, int]) -> tuple[int, int]:
        return pair if self.random.random() < 0.5 else pair[::-1]

    def _exchange(self, leaves: int, article: int) -> int:
        """Replace one coder of an article in the best way found; return what it gained."""
        best: list[tuple[int, int | None]] = []
        best_gain = 0
        for comes in range(self.coders):
            if comes in self.blocks[article]:
                continue
            partners = self._partners(leaves, comes, article)
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

    def _partners(self, leaves: int, comes: int, article: int) -> list[int | None]:
        """Return articles where ``leaves`` may replace ``comes`` in turn; None: nowhere."""
        cluster = self.clusters[article]
        if cluster is not None and (version := self.version_of.get((comes, cluster))) is not None:
            return [version] if version in self.articles_of[comes] else []
        partners: list[int | None] = []
        if self.loads[leaves] == self.loads[comes] + 1:
            partners.append(None)
        elsewhere = sorted(self.articles_of[comes] - self.articles_of[leaves])
        for other in self.random.sample(elsewhere, min(_TRIES, len(elsewhere))):
            cluster = self.clusters[other]
            if cluster is None or (leaves, cluster) not in self.version_of:
                partners.append(other)
        return partners

    def _add(self, coder: int, article: int) -> None:
        self._count(coder, article, 1)
        self.blocks[article].add(coder)
        self.articles_of[coder].add(article)
        if (cluster := self.clusters[article]) is not None:
            self.version_of[coder, cluster] = article

    def _remove(self, coder: int, article: int) -> None:
        self.blocks[article].remove(coder)
        self.articles_of[coder].remove(article)
        self._count(coder, article, -1)
        if (cluster := self.clusters[article]) is not None:
            del self.version_of[coder, cluster]

    def _count(self, coder: int, article: int, by: int) -> None:
        for other in self.blocks[article]:
            self.shared[coder][other] += by
            self.shared[other][coder] += by
        self.loads[coder] += by

    def _gain(self, leaves: int, comes: int, article: int, partner: int | None) -> int:
        """Half of what the sum of squared pair counts loses by the exchange."""
        here = self.blocks[article] - {leaves}
        there = set() if partner is None else self.blocks[partner] - {comes}
        # Who sits in both articles meets the same people as before.
        here, there = here - there, there - here
        out = sum(self.shared[leaves][w] - self.shared[comes][w] - 1 for w in here)
        back = sum(self.shared[comes][w] - self.shared[leaves][w] - 1 for w in there)
        return out + back
