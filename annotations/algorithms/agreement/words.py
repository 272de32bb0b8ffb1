"""Which words coders dispute: marked by some of an article's coders, or differently."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from annotations.algorithms.agreement.arrays import (
    Bools,
    Ints,
    coded,
    distinct,
    fingerprints,
    openings,
    ranked,
    spread,
)
from annotations.algorithms.agreement.batch import Batch
from annotations.algorithms.agreement.tables import Said, Tables

_LETTER, _JOINER = 1, 2
_LONGEST = 60
"""Characters of a word that are kept."""


def words_of(batch: Batch, texts: Sequence[str]) -> list[str]:
    """Collect, for each article that several people coded, the words that anybody marked.

    A label is disputed on a word if some coders gave it to any of its characters and others to
    none: where within a word a border lies, makes no dispute. Articles without a text have none.
    There is a line for each two sets of labels, marked and disputed: both in JSON, a tab, and
    the words that have them with a space between.
    """
    found: list[list[str]] = [[] for _ in texts]
    if not any(texts):
        return [""] * len(texts)
    # A text that is not at hand leaves a gap of its length.
    filled = [
        text or " " * length for text, length in zip(texts, batch.lengths.tolist(), strict=True)
    ]
    joined = "\n".join(filled)
    begins, ends = _words(joined)
    word, group, sets = _said(batch, *_marked(batch, begins, ends))
    heads = [orjson.dumps(pair).decode() for pair in sets]
    owner = np.searchsorted(batch.base, begins[word], "right") - 1
    code = coded(owner, group)
    order = np.argsort(code, kind="stable")
    begins, ends = begins[word[order]], ends[word[order]]
    ends = np.minimum(ends, begins + _LONGEST)
    spelt = [joined[low:high] for low, high in zip(begins.tolist(), ends.tolist(), strict=True)]
    borders = np.flatnonzero(openings(code[order]))
    first = order[borders]
    for whose, head, (low, high) in zip(
        owner[first].tolist(),
        group[first].tolist(),
        pairwise([*borders.tolist(), len(order)]),
        strict=True,
    ):
        found[whose].append(f"{heads[head]}\t{' '.join(spelt[low:high]).casefold()}")
    return ["\n".join(lines) for lines in found]


def _said(
    batch: Batch, words: Ints, labels: Ints, disputed: Bools
) -> tuple[Ints, Ints, list[Any]]:
    """Return each word once, with the number of what is said of it: labels, and those disputed.

    These sets are beside, in order.
    """
    every = [(label, is_so) for label in batch.labels for is_so in (False, True)]
    prints = fingerprints(f"{label}\n{is_so}" for label, is_so in every)
    first = np.flatnonzero(openings(words))
    said = 2 * labels + disputed
    whole = np.add.reduceat(prints[said], first) if len(first) else prints[said]
    example, number = ranked(whole)
    last = np.append(first[1:], len(words))
    spelt = []
    for at in example.tolist():
        own = [every[one] for one in said[first[at] : last[at]].tolist()]
        spelt.append(([label for label, _ in own], [label for label, is_so in own if is_so]))
    order = sorted(range(len(spelt)), key=spelt.__getitem__)
    rank = np.empty(len(spelt), np.int64)
    rank[order] = np.arange(len(spelt))
    return words[first], rank[number], [spelt[at] for at in order]


def _words(text: str) -> tuple[Ints, Ints]:
    """Return where words begin and end: letters and digits, with what joins them."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kind = _kinds()[codes]
    inside = np.zeros(len(codes) + 2, bool)
    inside[1:-1] = kind == _LETTER
    joins = np.flatnonzero(kind == _JOINER) + 1
    joins = joins[inside[joins - 1] & inside[joins + 1]]
    inside[joins] = True
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    return edges[::2], edges[1::2]


@cache
def _kinds() -> NDArray[np.uint8]:
    every = np.arange(0x110000, dtype=np.uint32).view("<U1")
    kinds = np.strings.isalnum(every).astype(np.uint8)
    kinds[[ord(mark) for mark in "-'’"]] = _JOINER
    return kinds


def _marked(batch: Batch, begins: Ints, ends: Ints) -> tuple[Ints, Ints, Bools]:
    """Return words with the labels that anybody gave them, and whether others did not."""
    by_coder = (batch.hand != batch.gold) & (batch.sizes[batch.article] > 1)
    start, end = batch.start[by_coder], batch.end[by_coder]
    first = np.searchsorted(ends, start, "right")
    mark, word = spread(first, np.maximum(np.searchsorted(begins, end) - first, 0))
    labels, coders = max(len(batch.labels), 1), batch.gold
    # A coder who gave a word the same label twice is one who gave it.
    pair = word * labels + batch.label[by_coder][mark]
    given = distinct(pair * coders + batch.hand[by_coder][mark]) // max(coders, 1)
    opens = np.flatnonzero(openings(given))
    holders = np.diff(opens, append=len(given))
    words, label = np.divmod(given[opens], labels)
    article = np.searchsorted(batch.base, begins[words], "right") - 1
    return words, label, holders < batch.sizes[article]


def disputed_in(said: Said, word: str, label: str | None = None) -> int:
    """Return how often a word, as ``table`` names it, is disputed in an article."""
    return sum(
        words.split(" ").count(word)
        for head, words in _lines(said)
        if _is_named(orjson.loads(head)[1], label)
    )


def table(of: Tables, label: str | None = None, most: int = 100) -> list[dict[str, Any]]:
    """Return the words that are disputed most surely where they are marked, in that order.

    By number alone, the commonest words of a language would lead everywhere.
    """
    is_disputed: dict[str, bool] = {}
    texts: dict[str, list[str]] = defaultdict(list)
    articles: Counter[str] = Counter()
    for said in of.said:
        own: set[str] = set()
        for head, words in _lines(said):
            if head not in is_disputed:
                is_disputed[head] = _is_named(orjson.loads(head)[1], label)
            texts[head].append(words)
            if is_disputed[head]:
                own.update(words.split(" "))
        articles.update(own)
    # What has both sets of labels in common is counted in one go.
    counts = {head: Counter(" ".join(own).split(" ")) for head, own in texts.items()}
    is_marked = {head: _is_named(orjson.loads(head)[0], label) for head in texts}
    marked = _sum(count for head, count in counts.items() if is_marked[head])
    disputed = _sum(count for head, count in counts.items() if is_disputed[head])
    order = sorted(disputed, key=lambda word: (-surely(disputed[word], marked[word]), word))
    return [
        {
            "word": word,
            "disputed": disputed[word],
            "marked": marked[word],
            "articles": articles[word],
        }
        for word in order[:most]
    ]


def surely(disputed: int, marked: int) -> float:
    """Return the share of ``marked`` that is disputed at least: the lower end of the 95 %
    interval of a share (Wilson 1927, “Probable inference”, JASA 22, pages 209–212)."""
    share, z = disputed / marked, 1.959964
    middle = share + z**2 / (2 * marked)
    half = z * sqrt(share * (1 - share) / marked + (z / (2 * marked)) ** 2)
    return (middle - half) / (1 + z**2 / marked)


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total


def _lines(said: Said) -> Iterator[list[str]]:
    """Yield both sets of labels, in JSON, and their words."""
    return (line.split("\t") for line in said["words"].split("\n") if line)


def _is_named(labels: list[str], label: str | None) -> bool:
    return bool(labels) if label is None else label in labels
