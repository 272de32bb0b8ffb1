"""Which coders' spans are about the same thing: connected components, without comparing all pairs.

An edge joins two spans of **different** coders that overlap by at least one character and have
the same label, or whose extents have an intersection over union (IoU) of at least one half.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from heapq import heappop, heappush, nsmallest
from typing import NamedTuple


class Node(NamedTuple):
    """One coder's mark: offsets in code points, ``end`` exclusive, never empty."""

    coder: str
    start: int
    end: int
    label: str


def components(nodes: Iterable[Node]) -> list[list[Node]]:
    """Return the connected components of distinct ``nodes``, each sorted, in no special order.

    Takes O(n log² n) heap steps for n nodes, however densely they overlap.
    """
    ordered = sorted(set(nodes), key=lambda node: (node.start, node.end, node.label, node.coder))
    forest = _Forest()

    by_label: dict[Hashable, list[Node]] = defaultdict(list)
    for node in ordered:
        by_label[node.label].append(node)
    for same_label in by_label.values():
        _join_overlapping(same_label, forest)
    for cluster in _touching(ordered):
        _join_similar(cluster, forest)

    found: dict[Node, list[Node]] = defaultdict(list)
    for node in ordered:
        found[forest.root(node)].append(node)
    return list(found.values())


class _Forest:
    """Disjoint sets with path halving."""

    def __init__(self) -> None:
        self._parent: dict[Node, Node] = {}

    def root(self, node: Node) -> Node:
        parent = self._parent
        while (above := parent.get(node, node)) != node:
            parent[node] = node = parent.get(above, above)
        return node

    def join(self, one: Node, other: Node) -> None:
        one, other = self.root(one), self.root(other)
        if one != other:
            self._parent[max(one, other)] = min(one, other)


class _Frontier:
    """Nodes in wait for a partner, each with a key; a query takes all keys up to a bound.

    What a query finds belongs to one component from then on. Of a component only the two
    smallest keys of different coders can matter to a later query, so only those stay: entries
    found are consumed, and however many queries follow, each entry is visited about once.
    """

    def __init__(self) -> None:
        self._heaps: dict[str, list[tuple[int, Node]]] = defaultdict(list)

    def add(self, key: int, node: Node) -> None:
        heappush(self._heaps[node.coder], (key, node))

    def join_up_to(self, bound: int, node: Node, join: Callable[[Node, Node], None]) -> None:
        """Join ``node`` with every node of another coder whose key is ``bound`` or less."""
        smallest = []
        for coder, heap in self._heaps.items():
            if coder == node.coder or not heap or heap[0][0] > bound:
                continue
            smallest.append(heap[0])
            while heap and heap[0][0] <= bound:
                join(node, heappop(heap)[1])
        for key, found in nsmallest(2, smallest):
            self.add(key, found)


def _join_overlapping(ordered: Sequence[Node], forest: _Forest) -> None:
    """Join different coders' nodes that share a character; ``ordered`` is by start."""
    frontier = _Frontier()
    for node in ordered:
        frontier.join_up_to(-node.start - 1, node, forest.join)
        frontier.add(-node.end, node)


def _touching(ordered: Sequence[Node]) -> Iterable[list[Node]]:
    """Cut nodes into runs such that no node overlaps one of another run."""
    run: list[Node] = []
    reach = 0
    for node in ordered:
        if run and node.start >= reach:
            yield run
            run = []
        run.append(node)
        reach = max(reach, node.end)
    if run:
        yield run


def _join_similar(ordered: Sequence[Node], forest: _Forest) -> None:
    """Join different coders' nodes with an IoU of one half or more; ``ordered`` is by start.

    For a node [c, d) and a later one [a, b), c <= a, the IoU is at least one half exactly when
    2d + c >= 2a + b and d - c <= 2(b - a): whichever ends first, one of the two says it and the
    other follows. Two conditions are one sweep too many, so the nodes are halved by start; each
    half is solved alone, and between halves a sweep along the first condition leaves the second
    to the frontier.
    """
    if len(ordered) < 2:
        return
    middle = len(ordered) // 2
    left, right = ordered[:middle], ordered[middle:]
    _join_similar(left, forest)
    _join_similar(right, forest)

    frontier = _Frontier()
    waiting = sorted(left, key=lambda node: 2 * node.end + node.start)
    for node in sorted(right, key=lambda node: 2 * node.start + node.end, reverse=True):
        while waiting and 2 * waiting[-1].end + waiting[-1].start >= 2 * node.start + node.end:
            other = waiting.pop()
            frontier.add(other.end - other.start, other)
        frontier.join_up_to(2 * (node.end - node.start), node, forest.join)
