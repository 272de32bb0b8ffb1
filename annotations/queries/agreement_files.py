"""Agreement figures as tables to be downloaded, a row of the table a row of the file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from annotations.models import User
from annotations.queries.agreement import Scope, as_contract, details
from annotations.queries.agreement_articles import listed, ranked

Cells = list[Any]
Given = Mapping[str, Any]


def table(name: str, scope: Scope, user: User | None) -> Iterator[Cells]:
    """Yield the heading and the rows of the table ``name``, one of ``TABLES``."""
    columns, rows = TABLES[name]
    yield list(columns)
    for row in rows(scope, user):
        yield [_cell(row.get(column)) for column in columns]


def _cell(value: Any) -> Any:
    """Spell a figure: its number, or why there is none."""
    if isinstance(value, Mapping):
        return value["value"] if value["value"] is not None else f"n/a: {value['na']}"
    return value


def _pairs(scope: Scope, user: User | None) -> list[Given]:
    return as_contract(scope, user)["pairs"]


def _gold(scope: Scope, user: User | None) -> list[Given]:
    return as_contract(scope, user)["gold"]


def _labels(scope: Scope, user: User | None) -> Iterator[Given]:
    report = as_contract(scope, user)
    of_units = report["u_alpha"]["by_label"]
    for label, figure in report["alpha_by_label"].items():
        ku = of_units.get(label, {})
        yield {**figure, "label": label, "alpha": figure, "ku_alpha": ku} | {
            "coverage": ku.get("coverage")
        }


def _confusion(scope: Scope, user: User | None) -> Iterator[Given]:
    """Yield each two labels once; nothing is an empty cell."""
    confusion = as_contract(scope, user)["confusion"]
    labels = confusion["labels"]
    for row, one in enumerate(labels):
        for column in range(row, len(labels)):
            if times := confusion["counts"][row][column]:
                yield {"one": one, "other": labels[column], "times": times}


def _drift(scope: Scope, user: User | None) -> Iterator[Given]:
    for own in details(scope, user)["drift"]:
        for window in own["windows"]:
            gold = {f"gold_{name}": value for name, value in window["gold"].items()}
            yield {"coder": own["coder"], **window, **gold}


def _words(scope: Scope, user: User | None) -> list[Given]:
    return details(scope, user)["words"]


def _attributes(scope: Scope, user: User | None) -> Iterator[Given]:
    for one in details(scope, user)["attributes"]:
        yield {**one, "alpha": one}


def _articles(scope: Scope, user: User | None) -> Iterator[Given]:
    for one in listed(ranked(scope, user)):
        yield {**one, "coders": "; ".join(one["coders"]), "batch": one["batch_name"]}


Rows = Callable[[Scope, User | None], Iterable[Given]]

_COLUMNS = {
    "pairs": "a b articles spans_a spans_b strict_f1 extent_f1 overlap_f1 alpha",
    "labels": "label alpha low high articles units ku_alpha coverage",
    "gold": "coder articles cor inc par mis spu strict_f1 partial_f1",
    "confusion": "one other times",
    "drift": "coder from to articles alpha"
    " gold_articles gold_alpha gold_strict_f1 gold_partial_f1",
    "words": "word disputed marked articles",
    "attributes": "label name alpha articles spans",
    "articles": "article key title batch state coded_at coders units spans alpha strict_f1",
}
_ROWS: dict[str, Rows] = {
    "pairs": _pairs,
    "labels": _labels,
    "gold": _gold,
    "confusion": _confusion,
    "drift": _drift,
    "words": _words,
    "attributes": _attributes,
    "articles": _articles,
}
#: The columns of each table, and where its rows come from.
TABLES = {name: (columns.split(), _ROWS[name]) for name, columns in _COLUMNS.items()}
