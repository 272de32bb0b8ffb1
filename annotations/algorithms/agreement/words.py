"""Which words coders dispute: marked by some of an article's coders, or differently."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.algorithms.agreement.article import Batch, Ints, distinct
from annotations.algorithms.agreement.views import View

_LETTER, _JOINER = 1, 2
_LONGEST = 60
"""Characters of a word that are kept."""

Group = list[Any]
"""``[labels marked, labels disputed, {word: times}]``, labels in order."""


def words_of(batch: Batch, texts: Sequence[str]) -> list[list[Group]]:
    """Count, for each article that several people coded, the words that anybody marked.

    A label is disputed on a word if some coders gave it to any of its characters and others to
    none: where within a word a border lies, makes no dispute. Articles without a text have none.
    """
    found: list[list[Group]] = [[] for _ in texts]
    if not any(texts):
        return found
    # A text that is not at hand leaves a gap of its length.
    filled = [
        text or " " * length for text, length in zip(texts, batch.lengths.tolist(), strict=True)
    ]
    joined = "\n".join(filled)
    begins, ends = _words(joined)
    marked, labels, disputed = _marked(batch, begins, ends)
    word, first, number = np.unique(marked, return_index=True, return_counts=True)
    sets = _Sets(batch.labels)
    said = (2 * labels + disputed)[first]
    for at in np.flatnonzero(number > 1).tolist():
        part = slice(int(first[at]), int(first[at] + number[at]))
        said[at] = sets.number(labels[part].tolist(), disputed[part].tolist())
    owner = np.searchsorted(batch.base, begins[word], "right") - 1
    order = np.lexsort((said, owner))
    word = word[order]
    spelt = [
        joined[start:end].casefold()
        for start, end in zip(
            begins[word].tolist(), np.minimum(ends, begins + _LONGEST)[word].tolist(), strict=True
        )
    ]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(owner[order]) != 0) | (np.diff(said[order]) != 0)
    owner, said = owner[order].tolist(), said[order].tolist()
    borders = [*np.flatnonzero(new).tolist(), len(order)]
    for low, high in pairwise(borders):
        words = dict.fromkeys(spelt[low:high], 1)
        if len(words) < high - low:
            words = dict(Counter(spelt[low:high]))
        found[owner[low]].append([*sets.named(said[low]), words])
    return found


class _Sets:
    """Numbers for what is said of a word: the labels that it got, and those in dispute.

    With one label it is twice that label's number, and one more where it is in dispute.
    """

    def __init__(self, labels: Sequence[str]):
        self.labels = labels
        self.others: dict[tuple[tuple[int, ...], tuple[bool, ...]], int] = {}
        self.names: dict[int, tuple[list[str], list[str]]] = {}

    def number(self, labels: list[int], disputed: list[bool]) -> int:
        key = tuple(labels), tuple(disputed)
        return self.others.setdefault(key, 2 * len(self.labels) + len(self.others))

    def named(self, number: int) -> tuple[list[str], list[str]]:
        """Return the labels, and those of them in dispute, in order."""
        if not self.names:
            for at, label in enumerate(self.labels):
                self.names[2 * at] = [label], []
                self.names[2 * at + 1] = [label], [label]
            for (labels, disputed), at in self.others.items():
                pairs = sorted(zip((self.labels[one] for one in labels), disputed, strict=True))
                self.names[at] = [name for name, _ in pairs], [name for name, d in pairs if d]
        return self.names[number]


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
    kinds = np.array([chr(code).isalnum() for code in range(0x110000)], np.uint8)
    kinds[[ord(mark) for mark in "-'’"]] = _JOINER
    return kinds


def _marked(batch: Batch, begins: Ints, ends: Ints) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Return words with the labels that anybody gave them, and whether others did not."""
    first = np.searchsorted(ends, batch.start, "right")
    number = np.maximum(np.searchsorted(begins, batch.end) - first, 0)
    number[batch.sizes[batch.article] < 2] = 0
    mark = np.repeat(np.arange(len(first)), number)
    word = np.arange(len(mark)) - np.repeat(np.cumsum(number) - number, number) + first[mark]
    labels, coders = max(len(batch.labels), 1), batch.most_coders
    # A coder who gave a word the same label twice is one who gave it.
    given = distinct((word * labels + batch.label[mark]) * coders + batch.coder[mark])
    pairs, holders = np.unique(given // coders, return_counts=True)
    words = pairs // labels
    article = np.searchsorted(batch.base, begins[words], "right") - 1
    is_disputed = holders < batch.sizes[article]
    return words, pairs % labels, is_disputed


def disputed_in(row: View, word: str, label: str | None = None) -> int:
    """Return how often a word, as ``table`` names it, is disputed in an article."""
    return sum(
        words.get(word, 0)
        for _, disputed, words in row["words"]
        if (label in disputed if label else disputed)
    )


def table(rows: Iterable[View], label: str | None = None, most: int = 100) -> list[dict[str, Any]]:
    """Return the words that are disputed most often, in that order."""
    disputed: Counter[str] = Counter()
    marked: Counter[str] = Counter()
    articles: Counter[str] = Counter()
    for row in rows:
        here: set[str] = set()
        for labels, contested, words in row["words"]:
            if label is not None and label not in labels:
                continue
            marked.update(words)
            if label in contested if label else contested:
                disputed.update(words)
                here.update(words)
        articles.update(here)
    order = sorted(disputed, key=lambda word: (-disputed[word], marked[word], word))
    return [
        {
            "word": word,
            "disputed": disputed[word],
            "marked": marked[word],
            "articles": articles[word],
        }
        for word in order[:most]
    ]
