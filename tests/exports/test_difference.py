import pytest

from exports.difference import Difference
from exports.formats import jsonl
from tests.exports.formats.awkward import gold, record, span
from tests.exports.worlds import counted

TEXT = "Ada Brandt met Ilvek in Velmora."


def manifest(records, include=("gold",)):
    request = {"include": list(include)}
    return {"counts": counted(records), "request": request, "codebooks": []}


def compared(before, after, **more):
    """Return the difference with its changes, from records."""
    difference = Difference(manifest(before, **more), manifest(after, **more))
    return difference, list(difference.changes(map(jsonl.line, before), map(jsonl.line, after)))


def article(id, *spans, **more):
    return record(id, TEXT, spans=list(spans), **more)


ADA = gold(TEXT, 1, (0, 10), "actor")
ILVEK = gold(TEXT, 2, (15, 20), "actor")
VELMORA = gold(TEXT, 3, (24, 31), "location")


def test_articles_come_go_change_and_stay():
    before = [article("a", ADA), article("b", ADA), article("c", ADA), article("é", ADA)]
    after = [article("a", ADA), article("c", ADA, ILVEK), article("d", VELMORA), article("é", ADA)]

    difference, changes = compared(before, after)

    assert [(change.kind, change.id) for change in changes] == [
        ("removed", "b"),
        ("changed", "c"),
        ("added", "d"),
    ]
    assert difference.articles.as_json() == {
        "before": 4,
        "after": 4,
        "added": 1,
        "removed": 1,
        "changed": 1,
        "same": 2,
    }


def test_spans_of_articles_that_came_or_went_are_counted():
    difference, _ = compared([article("a", ADA, ILVEK)], [article("b", VELMORA)])

    assert difference.spans.as_json() == {
        "before": 2,
        "after": 1,
        "added": 1,
        "removed": 2,
        "changed": 0,
        "same": 0,
    }


def test_a_span_with_another_label_leaves_one_and_comes_to_the_other():
    as_event = VELMORA | {"label": "event"}

    difference, _ = compared([article("a", VELMORA)], [article("a", as_event)])

    assert (difference.spans.added, difference.spans.changed) == (0, 1)
    assert difference.labels["location"].as_json()["removed"] == 1
    assert difference.labels["event"].as_json()["added"] == 1


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("split", "train", "dev"),
        ("split", None, "dev"),
        ("cluster", None, "c-1"),
        ("meta", {"title": "A"}, {"title": "B"}),
        ("zones", [], [{"start": 0, "end": 3, "kind": "title"}]),
        ("codebook_version", 1, 2),
    ],
)
def test_what_an_article_says_besides_is_told_before_and_after(field, old, new):
    _, (change,) = compared([article("a") | {field: old}], [article("a") | {field: new}])

    assert change.fields == {field: (old, new)}


def test_coders_numbers_make_no_difference():
    ada = ADA | {"coders": ["coder-3"]}
    codings = [{"coder": c, "spans": [span(TEXT, 9, (0, 10), "actor")]} for c in ("x", "y")]

    difference, changes = compared(
        [article("a", ADA, codings=codings[:1])], [article("a", ada, codings=codings[1:])]
    )

    assert (changes, difference.articles.same) == ([], 1)


def test_what_coders_said_is_counted_before_and_after():
    said = [{"coder": "coder-1", "spans": [span(TEXT, 9, (0, 10), "actor")]}]
    more = [*said, {"coder": "coder-2", "spans": []}]

    _, (change,) = compared([article("a", codings=said)], [article("a", codings=more)])

    assert change.fields == {"codings": ({"coders": 1, "spans": 1}, {"coders": 2, "spans": 1})}


def test_a_release_without_texts_says_the_same_but_for_them():
    bare = article("a", {n: v for n, v in ADA.items() if n != "quote"})
    del bare["text"]

    assert compared([article("a", ADA)], [bare])[1] == []


def test_gold_is_compared_only_where_both_have_some():
    raw = article("a", codings=[])
    del raw["spans"]
    difference = Difference(manifest([raw], include=("codings",)), manifest([article("a", ADA)]))

    assert list(difference.changes([jsonl.line(raw)], [jsonl.line(article("a", ADA))])) == []
    assert (difference.spans, difference.labels) == (None, {})


def test_the_lines_are_taken_as_they_are_needed():
    """Whoever held them all would not compare a hundred thousand articles."""
    taken = {"before": 0, "after": 0}

    def lines(name, *spans):
        for number in range(1000):
            taken[name] += 1
            yield jsonl.line(article(f"{number:04}", *spans))

    difference = Difference(manifest([]), manifest([]))
    difference.labels = Difference(manifest([]), manifest([article("x", ADA)])).labels
    changes = difference.changes(lines("before"), lines("after", ADA))

    for _ in range(10):
        next(changes)

    assert max(taken.values()) <= 12
