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


def test_the_card_tells_of_agreement_where_there_was_some():
    alpha = {"value": 0.7734, "low": 0.7, "high": 0.8, "articles": 24}

    card = manifest.card(contents(agreement={"alpha": alpha})).decode()

    assert "Krippendorff's α 0.773 (nominal, by character, 24 articles)" in card


def test_a_figure_that_is_undefined_is_not_told():
    undefined = {"alpha": {"value": None, "na": "one_category"}}

    assert manifest.card(contents(agreement=undefined)) == manifest.card(contents())


def test_the_card_tells_what_was_left_out():
    left_out = [{"id": "a", "batch": "First"}]

    assert b"1 earlier ones are named" in manifest.card(contents(left_out=left_out))


def test_a_name_cannot_break_the_card():
    card = manifest.card(contents(name='Gold: "final"\n# Not a title')).decode()

    assert 'pretty_name: "Gold: \\"final\\"\\n# Not a title"' in card
    assert "\n# Not a title" not in card
