import json

import msgspec
import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exports import rendering
from exports.formats import jsonl
from exports.recipe import Recipe
from exports.records import Frozen, Roster, build
from exports.released import Counts
from tests.exports import plainly
from tests.factories import MONDAY, TaskFactory

ANNA, BEN, CHAO = "a" * 8, "b" * 8, "c" * 8
ROSTER = Roster.named({ANNA: ("Anna", False), BEN: ("Ben", False)})


def span(start=0, end=3, label="actor", **more):
    return {
        "id": f"{start}-{end}-{label}",
        "start": start,
        "end": end,
        "label": label,
        "quote": "The mayor said so."[start:end],
        "attributes": [],
        "links": [],
        "note": "",
        **more,
    }


def article(**more):
    return {
        "key": "a1",
        "text": "The mayor said so.",
        "text_sha256": "0" * 64,
        "meta": {"title": "T"},
        "zones": [],
        "cluster": None,
        "split": None,
        "codebook_version": 1,
        "gold": [],
        "codings": [],
        **more,
    }


def coding(member, *spans, codebook_version=1):
    return {"member": member, "codebook_version": codebook_version, "spans": list(spans)}


def frozen(article, **more):
    """Return an article that is given in plain values as the database would."""
    json_ = {
        name: None if value is None else json.dumps(value, ensure_ascii=False).encode()
        for name, value in article.items()
        if name in ("meta", "zones", "gold", "codings")
    }
    given = {"text": jsonl.dump(article["text"]), "written": None, "counts": None}
    return Frozen(**article | json_ | given | more)


def line(frozen, recipe):
    return build(frozen, recipe=recipe, roster=ROSTER)[0].line()


def built(recipe=None, **more):
    return json.loads(line(frozen(article(**more)), recipe or Recipe()))


def test_a_record_has_the_same_keys_whatever_is_known():
    assert set(built(cluster="c", split="train")) == set(built()) == {
        "id", "text", "text_sha256", "meta", "zones", "cluster", "split", "codebook_version",
        "spans",
    }  # fmt: skip


def test_without_text_no_quote_leaves_either():
    recipe = Recipe(text=False, include=["gold", "codings"])

    record = built(recipe, gold=[span()], codings=[coding(ANNA, span())])

    assert "text" not in record
    assert "The" not in jsonl.line(record).decode()
    assert record["spans"][0]["end"] == 3


def test_spans_are_sorted_by_start_end_label_id():
    spans = [
        span(4, 9, "claim"),
        span(4, 9, "actor", id="2"),
        span(4, 9, "actor", id="1"),
        span(4, 6),
        span(0, 9),
    ]

    found = [(s["start"], s["end"], s["label"], s["id"]) for s in built(gold=spans)["spans"]]

    assert found == sorted(found)


def test_coders_and_codings_stand_in_the_order_of_their_names():
    record = built(
        Recipe(include=["gold", "codings"]),
        gold=[span(coders=[BEN, ANNA])],
        codings=[coding(BEN), coding(ANNA)],
    )

    assert record["spans"][0]["coders"] == ["Anna", "Ben"]
    assert [coding["coder"] for coding in record["codings"]] == ["Anna", "Ben"]


def test_a_source_that_is_not_said_is_adjudicated():
    assert built(gold=[span()])["spans"][0]["source"] == "adjudicated"


def test_a_note_is_there_only_where_one_was_written():
    record = built(gold=[span(), span(4, 9, note="title left out")])

    assert [s.get("note") for s in record["spans"]] == [None, "title left out"]


def test_what_only_the_workbench_knows_of_a_span_stays_there():
    record = built(gold=[span(card="0" * 32, rev=4)])

    assert set(record["spans"][0]) == {
        "id", "start", "end", "label", "quote", "attributes", "links", "source", "coders",
        "decision",
    }  # fmt: skip


def test_pseudonyms_depend_on_secret_and_seed_and_on_nothing_else():
    def names(members, secret=b"s", seed=0):
        roster = Roster.pseudonymous(members, secret=secret, seed=seed)
        return [roster.name(member) for member in (ANNA, BEN, CHAO)]

    once = names([ANNA, BEN, CHAO])
    assert sorted(once) == ["coder-1", "coder-2", "coder-3"]
    assert names([CHAO, ANNA, BEN]) == once
    assert {tuple(names([ANNA, BEN, CHAO], seed=seed)) for seed in range(40)} > {tuple(once)}
    assert any(names([ANNA, BEN, CHAO], secret=bytes([n])) != once for n in range(20))


def test_the_tenth_coder_comes_after_the_second():
    members = [f"{number:08}" for number in range(12)]
    roster = Roster.pseudonymous(members, secret=b"s", seed=0)

    assert roster.names(members) == [f"coder-{number}" for number in range(1, 13)]


def test_an_imported_coder_is_not_taken_for_the_member_of_that_name():
    roster = Roster.named({ANNA: ("Anna", False), BEN: ("Anna", True)})

    assert (roster.name(ANNA), roster.name(BEN)) == ("Anna", "Anna (external)")


def test_names_stay_apart_however_they_were_imported():
    people = {ANNA: ("A", False), BEN: ("A", True), CHAO: ("A (external)", True)}
    roster = Roster.named(people)

    assert len({roster.name(member) for member in people}) == 3


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)


@given(st.dictionaries(st.text(), scalars))
def test_a_line_is_one_line_whatever_is_in_it(meta):
    line = jsonl.line({"meta": meta})

    assert line.count(b"\n") == 1
    assert json.loads(line) == {"meta": meta}


@given(st.dictionaries(st.text(), scalars))
def test_the_order_of_keys_makes_no_difference(meta):
    assert jsonl.line(dict(reversed(meta.items()))) == jsonl.line(meta)


#: What PostgreSQL can hold.
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e20, 1e20) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


def left_out(**fields):
    """Fields that may be missing, empty or null, as they are in what was frozen long ago."""
    return st.fixed_dictionaries(
        {}, optional={name: st.none() | values for name, values in fields.items()}
    )


def pairs(other):
    return st.lists(st.fixed_dictionaries({"name": texts, other: texts}), max_size=2)


places = st.integers(0, 5)
spans = st.builds(
    lambda start, length, label, id, quote, more: {
        "id": id, "start": start, "end": start + length, "label": label, "quote": quote, **more,
    },
    places, places, st.sampled_from(["actor", "claim"]), texts, texts,
    left_out(
        attributes=pairs("value") | st.lists(anything, max_size=2),
        links=pairs("target"),
        note=texts,
        source=st.sampled_from(["", "single", "majority"]),
        coders=st.lists(st.sampled_from([ANNA, BEN]), max_size=3),
        decision=texts,
        card=texts,
        rev=st.integers(),
    ),
)  # fmt: skip
zones = st.fixed_dictionaries(
    {"start": places, "end": places, "kind": st.sampled_from(["title", "other"]), "by": scalars}
)
versions = st.none() | st.integers(1, 3)
articles = st.builds(
    article,
    key=texts,
    text=texts,
    meta=st.dictionaries(texts, anything, max_size=3),
    zones=st.lists(zones, max_size=3),
    cluster=st.none() | texts,
    split=st.none() | texts,
    codebook_version=versions,
    gold=st.none() | st.lists(spans, max_size=4),
    codings=st.lists(
        st.builds(coding, st.sampled_from([ANNA, BEN]), spans, spans, codebook_version=versions),
        max_size=2,
        unique_by=lambda one: one["member"],
    ),
)
recipes = st.builds(
    Recipe,
    include=st.sampled_from([["gold"], ["codings"], ["gold", "codings"]]),
    text=st.booleans(),
)


@given(recipes, articles)
def test_a_line_is_the_one_that_is_made_the_plain_way(recipe, article):
    record = plainly.record(article, recipe, ROSTER)

    assert line(frozen(article), recipe) == jsonl.line(record)
    assert jsonl.line(record) == jsonl.dump(record) + b"\n"
    assert (
        jsonl.dump(record)
        == json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    )


def is_plain(span):
    """Say whether a span has links and attributes, if any, that are a name and a word each."""
    return None not in (span.get("attributes", []), span.get("links", [])) and all(
        isinstance(one, dict)
        and set(one) == {"name", "value"}
        and all(value is None or isinstance(value, str) for value in one.values())
        for one in span.get("attributes") or ()
    )


def texts_of(values):
    return [None if value is None else value.encode() for value in values]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(spans, max_size=4), min_size=1, max_size=5))
def test_gold_that_was_written_out_gives_the_line_that_its_spans_give(golds):
    task = TaskFactory()
    for number, gold in enumerate(golds, start=1):
        task.golds.create(number=number, spans=gold, made_at=MONDAY)

    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT spans::text, written, counts::text FROM annotations_gold
               WHERE task_id = %s ORDER BY number""",
            [task.pk],
        )
        rows = [texts_of(row) for row in cursor.fetchall()]

    assert [written is not None for _, written, _ in rows] == [
        all(map(is_plain, gold)) for gold in golds
    ]
    for spans, written, counts in rows:
        looked_into = frozen(article(), gold=spans)
        told, counted = build(looked_into, recipe=Recipe(), roster=ROSTER)
        if written is not None:
            read = frozen(article(), gold=None, written=written, counts=counts)
            assert line(read, Recipe()) == told.line()
        assert msgspec.json.decode(counts, type=Counts) == counted


@pytest.mark.django_db
@settings(deadline=None)
@given(st.lists(texts))
@example(
    [chr(code) for code in range(1, 0x100)] + ["\u2028\u2029\ufeff", '🕊️ \u202bقال\u202c \\" /']
)
def test_postgresql_writes_a_text_as_it_stands_in_a_line(texts):
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {rendering.TEXT}, (to_jsonb(ARRAY[text]) -> 0)::text
                FROM unnest(%s::text[]) WITH ORDINALITY article (text, place) ORDER BY place""",
            [texts],
        )
        rows = cursor.fetchall()

    assert rows == [(jsonl.dump(text).decode(),) * 2 for text in texts]
