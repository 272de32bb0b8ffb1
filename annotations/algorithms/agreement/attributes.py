"""What coders say of the spans on which they agree: α of attribute values.

The unit is a span that two coders or more marked alike, extent and label; who has not marked it
is missing. To give no value is an answer like any other, as an empty article is one.
"""

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from annotations.algorithms.agreement.alpha import alpha
from annotations.algorithms.agreement.arrays import added_up, grouped
from annotations.algorithms.agreement.article import Article, Mark
from annotations.algorithms.agreement.batch import Batch
from annotations.algorithms.agreement.figures import figure
from annotations.algorithms.agreement.tables import Agreed, Tables

NO_VALUE = ""

Answers = dict[str, dict[str, Any]]
"""``{label: {name: [disagreement, {value: times}]}}``."""


def agreed(batch: Batch) -> Agreed:
    """Count the spans that two coders or more marked alike, and who did, by label."""
    held = batch.held
    coders = held.by[: batch.gold].sum(axis=0)
    alike = coders > 1
    names, group = grouped(held.article[alike], held.label[alike])
    size = len(names[0])
    counts = np.bincount(group, None, size), added_up(group, size, coders[alike])
    return Agreed._make((*names, *counts))


def answers(article: Article) -> Answers:
    """Count what was said of an article's agreed spans: values, and pairs of them that differ.

    A pair counts in both orders, divided by the others that there are. What is no value, is not
    among the values.
    """
    found: Answers = {}
    if not article.attributes:
        return found
    held: dict[Mark, list[str]] = defaultdict(list)
    for coder, marks in article.cleaned().marks.items():
        for mark in marks:
            held[mark].append(coder)
    for mark, coders in sorted(held.items()):
        if len(coders) > 1:
            said = [article.attributes.get(coder, {}).get(mark, {}) for coder in coders]
            for name in sorted({name for answer in said for name in answer}):
                own = found.setdefault(mark[2], {}).setdefault(name, [0, {}])
                _add(own, Counter(answer.get(name, NO_VALUE) for answer in said))
    return found


def _add(own: list[Any], times: Counter[str]) -> None:
    answers = times.total()
    differ = answers**2 - sum(count**2 for count in times.values())
    own[0] += differ / (answers - 1)
    del times[NO_VALUE]
    for value, count in times.items():
        own[1][value] = own[1].get(value, 0) + count


def figures(of: Tables, label: str | None = None) -> list[dict[str, Any]]:
    """Return α of each attribute that anybody used on an agreed span, by label and name."""
    differ: dict[tuple[str, str], float] = defaultdict(float)
    values: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for said in of.said:
        for key, names in said["attributes"].items():
            for name, (disagreement, used) in names.items() if label in (None, key) else ():
                differ[key, name] += disagreement
                values[key, name].update(used)
    return [
        {"label": key, "name": name, **_figure(of, key, differ[key, name], used)}
        for (key, name), used in sorted(values.items())
    ]


def _figure(of: Tables, label: str, differ: float, used: Counter[str]) -> dict[str, Any]:
    own = of.agreed.label == of.labels.index(label)
    spans, answers = int(of.agreed.spans[own].sum()), int(of.agreed.answers[own].sum())
    found = figure(alpha(differ, [*used.values(), answers - used.total()]))
    return found | {"articles": int(np.count_nonzero(own)), "spans": spans}
