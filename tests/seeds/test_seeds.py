"""The sample material is whole, and it holds the traps that real articles set."""

import re
import unicodedata
from collections import Counter
from itertools import combinations, pairwise

import pytest

from annotations.algorithms.cards import coded_spans, make_cards
from exports.demo import seeds

KEYS = sorted(path.stem for path in (seeds.SEEDS / "articles").glob("*.txt"))
CODERS = ("coder1", "coder2")
CODED_BY_TWO = sorted(key for key in seeds.load("codings") if seeds.coding(key, "coder2"))
RULED = sorted(key for key, coded in seeds.load("codings").items() if "rulings" in coded)
LABELS = {label["key"]: label for label in seeds.load("codebook")["labels"]}
RULES = {rule["id"] for rule in seeds.load("codebook")["rules"]}
TEXTS = {key: seeds.text_of(key) for key in KEYS}


def cards_of(key):
    codings = {coder: coded_spans(seeds.coding(key, coder)) for coder in CODERS}
    return make_cards(codings)


def cards_that_match(key, match):
    start, end = seeds.extent(TEXTS[key], match)
    return [
        card
        for card in cards_of(key)
        if any(
            span.extent == (start, end, match["label"])
            for spans in card.candidates.values()
            for span in spans
        )
    ]


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[place : place + 4]) for place in range(len(words) - 3)}


def likeness(one, other):
    one, other = shingles(TEXTS[one]), shingles(TEXTS[other])
    return len(one & other) / len(one | other)


# The articles


def test_there_are_enough_articles_and_each_is_described():
    assert len(KEYS) >= 10
    assert sorted(seeds.load("articles")) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_an_article_is_as_long_as_a_news_story(key):
    assert 250 <= len(TEXTS[key].split()) <= 600


@pytest.mark.parametrize("key", KEYS)
def test_an_article_says_where_it_would_come_from(key):
    meta = seeds.load("articles")[key]["meta"]

    assert set(meta) == {"title", "outlet", "author", "published_at", "url", "language"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", meta["published_at"])
    assert re.match(r"https://([a-z-]+\.)+example/", meta["url"])


@pytest.mark.parametrize("key", KEYS)
def test_zones_are_found_and_lie_one_after_the_other(key):
    zones = sorted(seeds.record(key)["zones"], key=lambda zone: zone["start"])

    assert {"title", "boilerplate"} <= {zone["kind"] for zone in zones}
    assert all(zone["start"] < zone["end"] <= len(TEXTS[key]) for zone in zones)
    assert all(before["end"] <= after["start"] for before, after in pairwise(zones))


# The traps


TRAPS = {
    "site furniture": r"Comments \(0\)",
    "reply box": r"Leave a Reply",
    "newsfeed menu": r"(?m)^Newsfeed$",
    "newsletter prompt": r"in your inbox:",
    "newsletter prompt between paragraphs": r"\n\nGet the Herald in your inbox:\n\n\w",
    "list of recent posts": r"Recent Posts\n\n(.+\n){6}",
    "date with time and language": r"\d\d \w+ 2024 / 17:42 EN",
    "date without a space": r"September 21,2023 22:03",
    "date in ISO form": r"date 2023-08-08",
    "date by weekday only": r"on Tuesday",
    "date of another article at the foot": r"02 July 2023 / 09:15\s*$",
    "glued words": r"ArdeshPolitics",
    "glued sentences": r"[a-z]\.[“A-Z]",
    "typo": r"Ptresident|Goverment",
    "non-breaking space": "\N{NO-BREAK SPACE}",
    "indentation": r"(?m)^ {4}\S",
    "several blank lines": r"\n\n\n",
    "character above U+FFFF": "[\U00010000-\U0010ffff]",
    "family of emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "flag": "[\U0001f1e6-\U0001f1ff]{2}",
    "skin tone": "[\U0001f3fb-\U0001f3ff]",
    "combining mark": "[\u0300-\u036f]",
    "right-to-left paragraph": '(?m)^"[\u0600-\u06ff]',
    "right-to-left words in a line": "\\w [\u0600-\u06ff ]+[\u0600-\u06ff], “",
    "claim inside a claim": r"reported on Tuesday that the Defence Ministry had said that",
    "two names for one place": r"Maravan \(Halkend\)",
}


@pytest.mark.parametrize("trap", TRAPS)
def test_the_material_sets_the_trap(trap):
    assert [key for key in KEYS if re.search(TRAPS[trap], TEXTS[key])]


def test_curly_and_straight_quotes_are_mixed_in_one_article():
    assert [key for key in KEYS if {'"', "“", "”"} <= set(TEXTS[key])]


def test_a_quotation_runs_over_paragraphs():
    opened = r'"[^"\n]+\n\n\s*"'

    assert re.search(opened, TEXTS["ardesh-courier-2024-02-14"])


def test_a_name_stands_in_two_normal_forms():
    text = TEXTS["tribuna-monteclaro-2024-06-03"]
    composed = "Peñalta"
    decomposed = unicodedata.normalize("NFD", composed)

    assert decomposed != composed
    assert composed in text
    assert decomposed in text


def test_a_place_is_called_by_either_name_and_a_person_with_and_without_title():
    everything = "\n".join(TEXTS.values())

    for name in ("Maravan", "Halkend", "Zharan", "Upper Sarat"):
        assert everything.count(name) >= 5
    assert "President Ilmar Teskan" in everything
    assert "Mr Teskan" in everything


def test_two_outlets_rewrite_one_story_and_nothing_else_is_alike():
    pair = ("koriva-lantern-2024-03-28", "zharan-herald-2024-03-29")
    described = seeds.load("articles")

    assert 0.3 <= likeness(*pair) <= 0.8
    assert max(likeness(*two) for two in combinations(KEYS, 2) if two != pair) < 0.1
    assert {key for key in KEYS if "cluster" in described[key]} == set(pair)
    assert len({described[key]["cluster"] for key in pair}) == 1


# The codebook


def test_each_label_is_defined_as_a_codebook_should():
    assert list(LABELS) == ["actor", "location", "event", "claim"]
    assert [label["hotkey"] for label in LABELS.values()] == ["a", "l", "e", "c"]
    for label in LABELS.values():
        assert re.fullmatch(r"#[0-9a-f]{6}", label["colour"])
        assert len(label["definition"].split()) >= 30
        assert len(label["include"]) >= 3
        assert len(label["exclude"]) >= 3
        assert len(label["examples"]) >= 3
        assert label["retired"] is False


@pytest.mark.parametrize("label", LABELS.values(), ids=lambda label: label["key"])
def test_examples_show_by_brackets_what_to_code(label):
    assert [example for example in label["examples"] if "[" in example["text"]]
    for example in label["examples"]:
        assert example["text"].count("[") == example["text"].count("]")
        assert example["note"]


def test_rules_have_ids_of_their_own_and_what_cites_them_exists():
    ids = [rule["id"] for rule in seeds.load("codebook")["rules"]]
    cited = re.findall(r"R\d\.\d", (seeds.SEEDS / "codebook.yaml").read_text())

    assert len(ids) == len(set(ids)) >= 15
    assert set(cited) <= RULES


# The codings


@pytest.mark.parametrize("coder", CODERS)
@pytest.mark.parametrize("key", sorted(seeds.load("codings")))
def test_spans_are_found_outside_the_furniture(key, coder):
    furniture = [zone for zone in seeds.record(key)["zones"] if zone["kind"] == "boilerplate"]

    for span in seeds.coding(key, coder):
        assert TEXTS[key][span["start"] : span["end"]] == span["quote"]
        assert not [
            zone
            for zone in furniture
            if zone["start"] < span["end"] and span["start"] < zone["end"]
        ]
        assert span["quote"] == span["quote"].strip()


@pytest.mark.parametrize("coder", CODERS)
@pytest.mark.parametrize("key", sorted(seeds.load("codings")))
def test_attributes_and_links_are_those_of_the_codebook(key, coder):
    spans = {span["id"]: span for span in seeds.coding(key, coder)}
    assert len(spans) == len(seeds.coding(key, coder))

    for span in spans.values():
        label = LABELS[span["label"]]
        attributes = {attribute["name"]: attribute for attribute in label["attributes"]}
        links = {link["name"]: link for link in label["links"]}
        for given in span["attributes"]:
            attribute = attributes[given["name"]]
            assert attribute["type"] == "text" or given["value"] in attribute["values"]
        for link in span["links"]:
            assert spans[link["target"]]["label"] in links[link["name"]]["targets"]


@pytest.mark.parametrize("key", sorted(seeds.load("suggestions")))
def test_suggestions_are_of_the_codebook_and_wait_where_nobody_has_begun(key):
    (layer,) = seeds.record(key)["suggestions"]
    labels = {span["id"]: span["label"] for span in layer["spans"]}

    assert key not in seeds.load("codings")
    for span in layer["spans"]:
        label = LABELS[span["label"]]
        assert {one["name"] for one in span["attributes"]} <= {
            one["name"] for one in label["attributes"]
        }
        targets = {link["name"]: link["targets"] for link in label["links"]}
        assert all(labels[link["target"]] in targets[link["name"]] for link in span["links"])


def test_at_least_seven_articles_are_coded_densely_by_both():
    dense = [
        key for key in CODED_BY_TWO if all(len(seeds.coding(key, coder)) >= 12 for coder in CODERS)
    ]

    assert len(dense) >= 7


def test_the_coders_differ_in_every_way_there_is():
    kinds = Counter(card.kind for key in CODED_BY_TWO for card in cards_of(key))

    assert set(kinds) == {
        "agreed", "attribute", "missing", "label", "boundary", "split", "mixed",
    }  # fmt: skip
    assert kinds["agreed"] > kinds.total() / 2


# The rulings and the plan


@pytest.mark.parametrize("key", RULED)
def test_a_ruling_meets_one_card_and_no_card_is_ruled_twice(key):
    met = [cards_that_match(key, row["match"]) for row in seeds.load("codings")[key]["rulings"]]

    assert [len(cards) for cards in met] == [1] * len(met)
    assert len({cards[0].id for cards in met}) == len(met)


@pytest.mark.parametrize("key", RULED)
def test_a_ruling_says_why(key):
    reasons = seeds.load("plan")["project"]["settings"]["reasons"]

    for ruling in seeds.load("codings")[key]["rulings"]:
        assert ruling["outcome"] in {"accept", "edit", "reject", "unclear"}
        assert (ruling["outcome"] == "accept") == ("coder" in ruling)
        assert (ruling["outcome"] == "edit") == ("spans" in ruling)
        assert ruling["reason"] in reasons
        assert ruling["note"]
        assert ruling.get("rule") in RULES | {None}


def test_where_everything_is_to_be_adjudicated_every_dispute_is_ruled_on():
    tasks = [task for batch in seeds.load("plan")["batches"] for task in batch["tasks"]]
    adjudicated = [task["article"] for task in tasks if task["state"] == "adjudicated"]

    for key in adjudicated:
        disputes = [card.id for card in cards_of(key) if card.kind != "agreed"]
        rulings = seeds.load("codings")[key].get("rulings", [])
        assert sorted(disputes) == sorted(
            cards_that_match(key, ruling["match"])[0].id for ruling in rulings
        )
    assert len(set(adjudicated) & set(RULED)) == 2


def test_the_plan_has_every_article_once_and_every_state():
    tasks = [task for batch in seeds.load("plan")["batches"] for task in batch["tasks"]]

    assert sorted(task["article"] for task in tasks) == KEYS
    assert {task["state"] for task in tasks} == {"open", "coded", "adjudicating", "adjudicated"}
    assert {state for task in tasks for state in task["coders"].values()} == {
        "assigned", "coding", "submitted", "returned",
    }  # fmt: skip
    assert [task for task in tasks if task.get("flag")]
    assert [task for task in tasks if "returned" in task["coders"].values() and task["note"]]
