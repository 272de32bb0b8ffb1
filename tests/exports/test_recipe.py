import pytest

from exports.recipe import Recipe


def codes(**recipe):
    return [(fault["field"], fault["code"]) for fault in Recipe(**recipe).faults()]


@pytest.mark.parametrize(
    ("recipe", "found"),
    [
        ({}, []),
        ({"splits": {"train": 0.8, "dev": 0.1, "test": 0.1}}, []),
        ({"splits": {"a": 0.333333, "b": 0.333333, "c": 0.333333}}, []),
        ({"splits": {"train": 0.8, "test": 0.1}}, [("splits", "not_one")]),
        ({"splits": {"train": 1.5, "test": -0.5}}, [("splits", "not_one")]),
        ({"splits": {"train": float("nan")}}, [("splits", "not_one")]),
        ({"splits": {"train": float("inf")}}, [("splits", "not_one")]),
        ({"splits": {"": 1.0}}, [("splits", "bad_name")]),
        ({"splits": {}}, [("splits", "not_one")]),
        ({"stratify": "outlet"}, [("stratify", "no_splits")]),
        ({"stratify": "mood", "splits": {"a": 1.0}}, [("stratify", "unknown")]),
        ({"formats": ["csv"]}, []),
        ({"formats": ["jsonl", "stone"]}, [("formats", "unknown_format")]),
        ({"formats": ["conll"], "text": False}, [("formats", "needs_text")]),
        ({"formats": ["brat", "doccano"], "include": ["codings"]}, [("formats", "needs_gold")]),
        ({"formats": ["parquet"], "text": False, "include": ["codings"]}, []),
        ({"formats": []}, [("formats", "empty")]),
        ({"include": []}, [("include", "empty")]),
        ({"include": ["gossip"]}, [("include", "unknown_part")]),
        ({"batches": []}, [("batches", "empty")]),
        (
            {"filter": {"from": "2024-02-01", "to": "2024-01-01"}},
            [("filter.from", "out_of_order")],
        ),
        ({"filter": {"from": "2024-02-01"}}, []),
    ],
)
def test_what_cannot_be_built_is_named(recipe, found):
    assert codes(**recipe) == found


def test_an_unknown_format_is_answered_with_those_there_are():
    (fault,) = Recipe(formats=["stone"]).faults()

    assert fault["detail"] == (
        "There is no format “stone”. There is: jsonl, jsonl.gz, csv, parquet, conll, brat, xmi, "
        "spacy, webannotation, labelstudio, doccano."
    )


def test_equal_requests_are_written_alike():
    once = Recipe(batches=["b", "a"], include=["codings", "gold"])
    again = Recipe(batches=["a", "b", "a"], include=["gold", "codings", "gold"])

    assert once.as_json() == again.as_json()


def test_a_recipe_survives_the_database():
    recipe = Recipe(splits={"train": 0.5, "test": 0.5}, stratify="outlet", seed=3, text=False)

    assert Recipe.from_json(recipe.as_json()) == recipe
