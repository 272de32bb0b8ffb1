import re
from pathlib import Path

import pytest

from annotations.algorithms.palette import COLOURS, colour_at, shape_at
from tests.node import node

STATIC = Path(__file__).parents[3] / "annotations/static/annotations"
CSS = STATIC / "css"
LABELS = STATIC / "js/labels.js"


def luminance(colour):
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens():
    """Return the pairs of the style sheet: name to the colours on light and on dark."""
    found = re.findall(
        r"--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\)", (CSS / "tokens.css").read_text()
    )
    return {name: (light, dark) for name, light, dark in found}


def test_no_two_of_the_first_eight_labels_look_alike_without_colour():
    assert len({shape_at(position) for position in range(8)}) == 8
    assert len({colour_at(position) for position in range(8)}) == 8


def test_no_two_of_the_first_64_labels_have_both_colour_and_shape_in_common():
    assert len({(shape_at(position), colour_at(position)) for position in range(64)}) == 64


def test_the_annotation_page_gives_labels_the_same_shapes_as_all_other_pages():
    script = """
        const { Labels } = await import(process.argv[1]);
        const labels = new Labels([...Array(64).keys()].map((key) => ({ key })));
        console.log([...labels.byKey.values()].map((label) => label.shape).join());
    """
    told = node("--input-type=module", "--eval", script, "--", LABELS.as_uri())
    assert told.strip().split(",") == [shape_at(position) for position in range(64)]


@pytest.mark.parametrize("name", COLOURS)
def test_the_style_sheet_knows_each_colour_by_its_light_value(name):
    assert tokens()[f"label-{name}"][0] == COLOURS[name]
    assert f'[data-colour="{COLOURS[name]}" i]' in (CSS / "blocks.css").read_text()


@pytest.mark.parametrize("name", COLOURS)
@pytest.mark.parametrize("theme", [0, 1])
def test_each_label_colour_can_be_read_as_text_in_both_themes(name, theme):
    pairs = tokens()

    assert contrast(pairs[f"label-{name}"][theme], pairs["paper"][theme]) >= 4.5


@pytest.mark.parametrize("ink", ["ink", "ink-soft", "accent", "ok", "warn", "danger"])
@pytest.mark.parametrize("ground", ["paper", "canvas", "sunken", "raised", "hover", "selected"])
@pytest.mark.parametrize("theme", [0, 1])
def test_text_can_be_read_on_every_ground(ink, ground, theme):
    pairs = tokens()

    assert contrast(pairs[ink][theme], pairs[ground][theme]) >= 4.5


@pytest.mark.parametrize("tone", ["ok", "warn", "danger"])
@pytest.mark.parametrize("theme", [0, 1])
def test_each_tone_can_be_read_on_its_own_ground(tone, theme):
    pairs = tokens()

    assert contrast(pairs[tone][theme], pairs[f"{tone}-soft"][theme]) >= 4.5
