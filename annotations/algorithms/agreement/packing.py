"""What one article contributes to every figure, as bytes: kept, so that a new submission costs
one article and not the corpus.

They begin with a line of JSON: the article's coders, labels and values by name, what is said of
it in words (see ``Said``), and how many bytes a number takes. The numbers follow: the characters
that count, how many rows of the article each table has, and these rows, in the order of the
tables. Coders, labels and values are numbered within the article.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import orjson

from annotations.algorithms.agreement.arrays import Ints, distinct, spread
from annotations.algorithms.agreement.tables import (
    Against,
    Agreed,
    Confusion,
    Pairs,
    Said,
    Segments,
    Tables,
    Values,
    Work,
)

_TABLES: dict[str, Any] = {
    "work": Work,
    "pairs": Pairs,
    "against": Against,
    "used": Values,
    "segments": Segments,
    "confusion": Confusion,
    "agreed": Agreed,
}
_NAMES = {
    "coders": ("coder", "one", "other"),
    "labels": ("label", "first", "second"),
    "values": ("value",),
}
"""The columns that stand for names, by whose they are; negative numbers stand for themselves."""
_WIDTHS = np.array([len(kind._fields) - 1 for kind in _TABLES.values()])
_HEAD = 1 + len(_TABLES)


def packed(tables: Tables) -> list[bytes]:
    """Return the bytes of each article."""
    names, columns = _by_article(tables)
    counts = np.stack([np.bincount(one[0], None, tables.count) for one in columns], 1)
    begins, rows = _places(counts)
    flat = np.zeros(int((counts @ _WIDTHS + _HEAD).sum()), np.int64)
    flat[begins] = tables.units
    flat[begins[:, None] + np.arange(1, _HEAD)] = counts
    for cells, (_, *own) in zip(rows, columns, strict=True):
        flat[cells] = np.stack(own, 1)
    return list(_cut(tables, names, flat, begins))


def _cut(
    tables: Tables, names: Sequence[dict[str, Any]], flat: Ints, begins: Ints
) -> Iterator[bytes]:
    if not len(begins):
        return
    narrow = flat.astype("<i4").tobytes()
    is_narrow = (np.maximum.reduceat(flat, begins) < 2**31).tolist()
    borders = zip(begins.tolist(), [*begins[1:].tolist(), len(flat)], strict=True)
    for (low, high), fits, own, said in zip(borders, is_narrow, names, tables.said, strict=True):
        head = orjson.dumps({"bytes": 4 if fits else 8, **own, **said})
        numbers = narrow[4 * low : 4 * high] if fits else flat[low:high].astype("<i8").tobytes()
        yield b"%b\n%b" % (head, numbers)


def unpacked(kept: Iterable[Any]) -> Tables:
    """Return the tables of articles that were packed, in this order."""
    heads: list[dict[str, Any]] = []
    parts = [np.empty(0, np.int64)]
    for one in kept:
        end = one.index(b"\n")
        heads.append(orjson.loads(one[:end]))
        parts.append(np.frombuffer(one, f"<i{heads[-1]['bytes']}", offset=end + 1))
    flat = np.concatenate(parts)
    begins = np.cumsum([len(part) for part in parts], dtype=np.int64)[:-1]
    counts = flat[begins[:, None] + np.arange(1, _HEAD)]
    vocabularies, numbers = _together(heads)
    found: dict[str, Any] = {}
    _, rows = _places(counts)
    for cells, count, (name, kind) in zip(rows, counts.T, _TABLES.items(), strict=True):
        article = np.repeat(np.arange(len(heads)), count)
        columns = dict(zip(kind._fields[1:], flat[cells].T, strict=True))
        for whose, fields in _NAMES.items():
            for field in columns.keys() & set(fields):
                own = columns[field]
                place, number = numbers[whose]
                columns[field] = np.where(own < 0, own, number[place[article] + own])
        found[name] = kind(article, **columns)
    said = [Said(**{key: head[key] for key in Said.__annotations__}) for head in heads]  # type: ignore[typeddict-item]
    return Tables(**vocabularies, units=flat[begins], **found, said=said)


def _places(counts: Ints) -> tuple[Ints, list[Ints]]:
    """Return where each article begins, and for each table the cells of its rows.

    ``counts`` has the rows of each article, a column a table.
    """
    sizes = counts * _WIDTHS
    ends = np.cumsum(sizes.sum(axis=1) + _HEAD)
    begins = ends - sizes.sum(axis=1) - _HEAD
    found = []
    for at, width in enumerate(_WIDTHS.tolist()):
        first = begins + _HEAD + sizes[:, :at].sum(axis=1)
        article, row = spread(np.zeros(len(counts), np.int64), counts[:, at])
        found.append((first[article] + width * row)[:, None] + np.arange(width))
    return begins, found


def _by_article(tables: Tables) -> tuple[list[dict[str, Any]], list[list[Ints]]]:
    """Return each article's names, and the columns of all tables with names numbered in it."""
    every = [getattr(tables, name)._asdict() for name in _TABLES]
    names: list[dict[str, Any]] = [{} for _ in range(tables.count)]
    for whose, fields in _NAMES.items():
        vocabulary = getattr(tables, whose)
        size = max(len(vocabulary), 1)
        chosen = [(table, field) for table in every for field in fields if field in table]
        keys = distinct(
            np.concatenate(
                [(t["article"] * size + t[field])[t[field] >= 0] for t, field in chosen]
            )
        )
        article, name = np.divmod(keys, size)
        first = np.searchsorted(article, np.arange(tables.count + 1))
        for table, field in chosen:
            own = table[field]
            rank = np.searchsorted(keys, table["article"] * size + own) - first[table["article"]]
            table[field] = np.where(own < 0, own, rank)
        spelt = [vocabulary[at] for at in name.tolist()]
        borders = first.tolist()
        for at, low, high in zip(range(tables.count), borders, borders[1:], strict=False):
            names[at][whose] = spelt[low:high]
    return names, [list(table.values()) for table in every]


def _together(heads: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return all names in order; and where each article's begin, with the number of each."""
    vocabularies: dict[str, Any] = {}
    numbers: dict[str, Any] = {}
    for whose in _NAMES:
        own = [head[whose] for head in heads]
        if whose == "values":
            own = [[tuple(value) for value in values] for values in own]
        vocabularies[whose] = sorted(set(chain.from_iterable(own)))
        number = {name: at for at, name in enumerate(vocabularies[whose])}
        ends = np.cumsum([len(names) for names in own], dtype=np.int64)
        place = ends - np.array([len(names) for names in own], np.int64)
        every = [number[name] for name in chain.from_iterable(own)]
        # One more, for numbers that are taken from nowhere.
        numbers[whose] = place, np.array([*every, 0], np.int64)
    return vocabularies, numbers
