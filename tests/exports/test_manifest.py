import tomllib
from pathlib import Path

from exports import manifest
from tests.exports.golden import FOLDER

ROOT = Path(__file__).parents[2]


def contents(**more):
    import json

    return json.loads((FOLDER / "manifest.json").read_text()) | more


def test_the_manifest_names_the_version_of_the_software():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert {"name": project["name"], "version": project["version"]} == manifest.SOFTWARE


def test_the_card_is_a_function_of_the_manifest():
    assert manifest.card(contents()) == (FOLDER / "README.md").read_bytes()


def agreement(alpha, **more):
    return {
        "articles": 24,
        "computed_at": "2026-03-02T09:00:00+00:00",
        "stale": False,
        "alpha": alpha,
        "alpha_by_label": {},
        "mean_pair": {},
        **more,
    }


def test_the_card_tells_of_agreement_with_intervals_and_as_of_when():
    alpha = {"value": 0.7734, "low": 0.7, "high": 0.8123, "articles": 24}
    by_label = {"claim": {"value": 0.5}, "event": {"value": None, "na": "one_category"}}
    pairs = {"strict_f1": {"value": 0.61, "low": 0.5, "high": 0.7, "sd": 0.1}}

    card = manifest.card(
        contents(agreement=agreement(alpha, alpha_by_label=by_label, mean_pair=pairs))
    ).decode()

    assert "| Krippendorff's α, nominal, by character | 0.773 | 0.700 to 0.812 |" in card
    assert "| α of `claim` | 0.500 | – |" in card
    assert "`event` | " not in card.partition("## Agreement")[2].partition("## ")[0]
    assert "| Mean F1 of two coders, same extent and label | 0.610 | 0.500 to 0.700 |" in card
    assert "Over 24 articles that several coders had, before adjudication; computed on" in card
    assert "coding went on" not in card


def test_figures_that_coding_has_left_behind_are_told_as_such():
    card = manifest.card(contents(agreement=agreement({"value": 0.5}, stale=True))).decode()

    assert "Since then coding went on" in card


def test_a_figure_that_is_undefined_is_not_told():
    undefined = agreement({"value": None, "na": "one_category"})

    assert manifest.card(contents(agreement=undefined)) == manifest.card(contents())


def test_the_card_tells_what_the_labels_mean():
    label = {"key": "event", "definition": "What | happened.\nOnce.", "links": []}
    label["attributes"] = [{"name": "when", "type": "date"}, {"name": "planned", "type": "yes_no"}]

    card = manifest.card(contents(labels=[label])).decode()

    assert "| `event` | What \\| happened. Once. | when, planned |" in card


def test_the_card_tells_which_articles_are_not_in_it_and_why():
    card = manifest.card(contents(omitted={"unfinished": 12, "withdrawn": 1})).decode()

    limits = card.partition("## Known limits")[2].partition("## ")[0]
    assert "* Not in it: 1 article is withdrawn.\n* Not in it: 12 articles are not" in limits


def test_raw_coding_is_called_so():
    raw = contents()
    raw["request"]["include"] = ["codings"]

    assert b"raw coding before adjudication" in manifest.card(raw)


def test_the_card_of_an_earlier_release_can_still_be_made():
    """Manifests of before have neither batches nor labels, and are rendered for ever."""
    earlier = contents()
    for name in ("batches", "labels", "omitted"):
        del earlier[name]

    assert b"## Provenance" in manifest.card(earlier)


def test_the_card_tells_what_was_left_out():
    left_out = [{"id": "a", "batch": "First"}]

    assert b"1 earlier ones are named" in manifest.card(contents(left_out=left_out))


def test_a_name_cannot_break_the_card():
    card = manifest.card(contents(name='Gold: "final"\n# Not a title')).decode()

    assert 'pretty_name: "Gold: \\"final\\"\\n# Not a title"' in card
    assert "\n# Not a title" not in card
