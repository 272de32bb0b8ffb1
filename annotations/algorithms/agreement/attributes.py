"""What coders say of the spans on which they agree: α of attribute values.

The unit is a span that two coders or more marked alike, extent and label; who has not marked it
is missing. To give no value is an answer like any other, as an empty article is one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from annotations.algorithms.agreement.alpha import add_up, alpha
from annotations.algorithms.agreement.article import Article
from annotations.algorithms.agreement.figures import figure
from annotations.algorithms.agreement.views import View

NO_VALUE = ""


def of_article(article: Article) -> dict[str, Any]:
    """Count a cleaned article's agreed spans, and what was said of them, by label.

    ``{label: {"spans": n, "answers": n, "names": {name: [disagreement, {value: n}]}}}``. An
    answer is one coder's on one span; those that are no value are not among the values.
    """
    held = Counter(chain.from_iterable(article.marks.values()))
    found: dict[str, Any] = {}
    for (start, end, label), coders in held.items():
        if coders < 2:
            continue
        own = found.setdefault(label, {"spans": 0, "answers": 0, "names": {}})
        own["spans"] += 1
        own["answers"] += coders
        if article.attributes:
            _add_answers(own["names"], _answers(article, (start, end, label)))
    return found


def _answers(article: Article, mark: tuple[int, int, str]) -> list[dict[str, str]]:
    return [
        dict(article.attributes.get(coder, {}).get(mark, {}))
        for coder, marks in article.marks.items()
        if mark in marks
    ]


def _add_answers(names: dict[str, Any], answers: Sequence[dict[str, str]]) -> None:
    """Add the ordered pairs of answers that differ, divided by the others there are."""
    for name in sorted({name for answer in answers for name in answer}):
        times = Counter(answer.get(name, NO_VALUE) for answer in answers)
        differ = len(answers) ** 2 - sum(count**2 for count in times.values())
        counts = names.setdefault(name, [0, {}])
        counts[0] += differ / (len(answers) - 1)
        del times[NO_VALUE]
        add_up(counts[1], times)


def figures(rows: Iterable[View], label: str | None = None) -> list[dict[str, Any]]:
    """Return α of each attribute that anybody used on an agreed span, by label and name."""
    answers: dict[str, int] = defaultdict(int)
    spans: dict[str, int] = defaultdict(int)
    articles: dict[str, int] = defaultdict(int)
    differ: dict[tuple[str, str], float] = defaultdict(float)
    values: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in rows:
        for key, own in row["attributes"].items():
            if label not in (None, key):
                continue
            answers[key] += own["answers"]
            spans[key] += own["spans"]
            articles[key] += 1
            for name, (disagreement, used) in own["names"].items():
                differ[key, name] += disagreement
                add_up(values[key, name], used)
    return [
        {
            "label": key,
            "name": name,
            **figure(alpha(differ[key, name], _with_none(used, answers[key]))),
            "articles": articles[key],
            "spans": spans[key],
        }
        for (key, name), used in sorted(values.items())
    ]


def _with_none(used: dict[str, int], answers: int) -> list[int]:
    return [*used.values(), answers - sum(used.values())]
