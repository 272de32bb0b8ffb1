from collections import Counter, defaultdict
from itertools import combinations, zip_longest

from hypothesis import given

from annotations.algorithms.agreement import Article, report, rows_of
from tests.annotations.algorithms.agreement.strategies import collections


def figures(articles):
    return report(rows_of(articles), resamples=0)["confusion"]


def by_definition(articles):
    counts = Counter()
    for article in articles:
        for one, other in combinations(article.cleaned().marks.values(), 2):
            extents = defaultdict(lambda: (set(), set()))
            for side, own in enumerate((one, other)):
                for start, end, label in own:
                    extents[start, end][side].add(label)
            for here, there in extents.values():
                pairs = [(label, label) for label in here & there]
                pairs += zip_longest(sorted(here - there), sorted(there - here))
                for pair in pairs:
                    for direction in {pair, pair[::-1]}:
                        counts[direction] += 1
    return counts


@given(collections)
def test_the_table_is_what_comparing_extents_gives(articles):
    found = figures(articles)

    cells = {
        (row, column): count
        for row, counts in zip(found["labels"], found["counts"], strict=True)
        for column, count in zip(found["labels"], counts, strict=True)
        if count
    }
    assert cells == by_definition(articles)


def test_labels_come_in_order_and_nothing_comes_last():
    marks = {"A": [(0, 5, "location"), (6, 9, "claim")], "B": [(0, 5, "actor")]}

    assert figures([Article(9, marks)]) == {
        "labels": ["actor", "claim", "location", None],
        "counts": [[0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]],
    }
