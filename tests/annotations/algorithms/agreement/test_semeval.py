import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.agreement import Article, report, rows_of
from annotations.algorithms.agreement.semeval import Tally, f1, tally
from tests.annotations.algorithms.agreement.material import examples
from tests.annotations.algorithms.agreement.strategies import articles, marks

SCHEMES = ("type", "partial", "exact", "strict")


def of_tags(tags):
    """Return the spans of a sentence in BIO tags, offsets in tokens."""
    spans = []
    for at, tag in enumerate(tags):
        if tag.startswith("B-"):
            spans.append((at, at + 1, tag[2:]))
        elif tag.startswith("I-"):
            start, _, label = spans.pop()
            spans.append((start, at + 1, label))
    return spans


@pytest.mark.parametrize("example", examples("span_f1.json", "semeval2013_counts"))
def test_published_counts(example):
    gold, system = (
        [(start, end, label) for label, start, end in example["input"][side]]
        for side in ("gold_label_start_end", "system_label_start_end")
    )

    found = tally(gold, system)

    assert {name: found.scheme(name) for name in SCHEMES} == example["expected"]


@pytest.mark.parametrize("example", examples("span_f1.json", "semeval2013_f1"))
def test_published_f1(example):
    found = {name: f1(counts) for name, counts in example["input"].items()}

    assert found == pytest.approx(example["expected"], abs=example["tolerance"])


@pytest.mark.parametrize("example", examples("span_f1.json", "semeval2013_f1_from_bio"))
def test_published_f1_of_sentences(example):
    total = Tally()
    for true, predicted in zip(example["input"]["true"], example["input"]["pred"], strict=True):
        total = total.plus(tally(of_tags(true), of_tags(predicted)))

    found = {name: f1(total.scheme(name)) for name in SCHEMES}
    assert found == pytest.approx(example["expected"], abs=example["tolerance"])


@given(st.lists(marks(), max_size=8), st.lists(marks(), max_size=8))
def test_every_span_is_counted_once(gold, coder):
    found = tally(gold, coder)

    assert sum(found) - found.spurious == len(set(gold))
    assert sum(found) - found.missed == len(set(coder))
    assert found.both == len(set(gold) & set(coder))


@given(st.lists(articles(gold=True), max_size=4))
def test_the_report_adds_up_the_articles_that_have_gold(collection):
    found = report(rows_of(collection), resamples=0)["gold"]

    expected = {}
    for article in collection:
        cleaned = article.cleaned()
        for coder, own in cleaned.marks.items() if cleaned.gold is not None else ():
            before, articles_before = expected.get(coder, (Tally(), 0))
            expected[coder] = (before.plus(tally(cleaned.gold, own)), articles_before + 1)
    assert [one["coder"] for one in found] == sorted(expected)
    for one in found:
        counts, times = expected[one["coder"]]
        assert one["articles"] == times
        assert (one["cor"], one["inc"]) == (counts.both, counts.extent)
        assert one["par"] == counts.alike + counts.overlap
        assert (one["mis"], one["spu"]) == (counts.missed, counts.spurious)


def test_gold_is_compared_also_with_one_who_coded_alone():
    alone = Article(9, {"A": [(0, 5, "x")]}, gold=[(0, 5, "x"), (6, 8, "x")])

    [found] = report(rows_of([alone]), resamples=0)["gold"]

    assert found["strict_f1"] == pytest.approx(2 / 3)
    assert (found["cor"], found["mis"]) == (1, 1)
