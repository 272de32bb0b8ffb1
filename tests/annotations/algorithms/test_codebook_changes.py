"""Comparing two codebooks, and putting two people's changes together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.algorithms.codebook_changes import LISTS, compare, merge


def book(*labels, rules=()):
    return {"labels": [{"key": label} if isinstance(label, str) else label for label in labels],
            "rules": [{"id": number, "text": text} for number, text in rules]}  # fmt: skip


words = st.text("ab ", max_size=8)
labels = st.dictionaries(
    st.sampled_from("uvwxyz"),
    st.fixed_dictionaries(
        {"definition": words, "include": st.lists(words, max_size=3), "retired": st.booleans()}
    ),
)
rules = st.dictionaries(st.sampled_from(["R1", "R2", "R3"]), words.filter(bool))
books = st.builds(
    lambda labels, rules: {
        "labels": [{"key": key, **label} for key, label in labels.items()],
        "rules": [{"id": number, "text": text} for number, text in rules.items()],
    },
    labels,
    rules,
)


@given(books)
def test_nothing_differs_from_itself(one):
    assert not compare(one, one)


@given(books, books)
def test_the_parts_make_up_both_texts(one, other):
    old, new = ({label["key"]: label for label in each["labels"]} for each in (one, other))
    for change in compare(one, other).labels:
        key = change.label["key"]
        for field in change.fields:
            for text, taken in ((old, "added"), (new, "removed")):
                parts = [part.content for part in field.parts if part.sign != taken]
                expected = text.get(key, {}).get(field.name) or ([] if field.is_list else "")
                if key in new:
                    assert (parts if field.is_list else "".join(parts)) == expected


@given(books, books)
def test_what_one_side_left_alone_is_as_the_other_made_it(base, other):
    ours = merge(base, other, base)
    theirs = merge(base, base, other)

    assert _sorted(theirs) == _sorted(_with_kept(other, base))
    assert _sorted(ours) == _sorted(_with_kept(other, base))


def _with_kept(book, base):
    """Labels are never taken out, only retired; that is the business of who saves."""
    keys = {label["key"] for label in book["labels"]}
    kept = [label for label in base["labels"] if label["key"] not in keys]
    return {**book, "labels": [*book["labels"], *kept]}


def _sorted(book):
    return {
        "labels": sorted(book["labels"], key=lambda label: label["key"]),
        "rules": sorted(book["rules"], key=lambda rule: rule["id"]),
    }


def test_changes_of_two_people_come_together_field_by_field():
    base = book({"key": "actor", "name": "Actor", "definition": "", "hotkey": "a"}, "event")
    ours = book(
        {"key": "actor", "name": "Person", "definition": "Who.", "hotkey": "a"}, "event", "date"
    )
    theirs = book(
        {"key": "actor", "name": "Agent", "definition": "", "hotkey": "g"}, "event", "quote"
    )

    found = merge(base, ours, theirs)

    assert found["labels"][0] == {
        "key": "actor", "name": "Person", "definition": "Who.", "hotkey": "g"
    }  # fmt: skip
    assert [label["key"] for label in found["labels"]] == ["actor", "event", "date", "quote"]


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ([("R1", "a")], [("R1", "a"), ("R2", "b")], ["R1", "R2"]),
        ([], [("R1", "a"), ("R2", "b")], ["R2"]),
        ([("R1", "a"), ("R3", "c")], [], ["R3"]),
        ([("R1", "new")], [], ["R1"]),
    ],
)
def test_a_rule_that_one_took_out_comes_back_only_if_the_other_changed_it(ours, theirs, expected):
    base = book(rules=[("R1", "a")])

    found = merge(base, book(rules=ours), book(rules=theirs))

    assert [rule["id"] for rule in found["rules"]] == expected


def test_kinds_of_change_are_told_apart():
    before = book("kept", "gone", {"key": "back", "retired": True}, {"key": "told", "name": "a"})
    after = book("kept", {"key": "told", "name": "b"}, "back", "new")

    changes = compare(before, after)

    assert {change.label["key"]: change.kind for change in changes.labels} == {
        "told": "changed", "back": "restored", "new": "added", "gone": "retired"
    }  # fmt: skip
    assert changes.has_other_order
    assert not compare(book("a", "b"), book("a", "c", "b")).has_other_order


@pytest.mark.parametrize("name", LISTS)
def test_entries_of_lists_are_compared_whole(name):
    before = book({"key": "actor", name: [{"name": "kind", "values": ["a"]}, {"name": "role"}]})
    after = book({"key": "actor", name: [{"name": "kind", "values": ["b"]}, {"name": "role"}]})

    (change,) = compare(before, after).labels

    assert [(part.sign, part.content) for part in change.fields[0].parts] == [
        ("removed", {"name": "kind", "values": ["a"]}),
        ("added", {"name": "kind", "values": ["b"]}),
        ("same", {"name": "role"}),
    ]
