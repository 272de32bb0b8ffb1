"""Read ``seeds/``: articles, codebook, codings and the plan, with quotes turned into offsets.

Offsets count Unicode code points into the article's text, ``end`` is exclusive.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@cache
def load(name: str) -> Any:
    """Return what ``seeds/<name>.yaml`` holds."""
    return yaml.safe_load((SEEDS / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def text_of(key: str) -> str:
    """Return the text of the article ``key``, every character as it stands in the file."""
    return (SEEDS / "articles" / f"{key}.txt").read_bytes().decode("utf-8")


def extent(text: str, place: Mapping[str, Any]) -> tuple[int, int]:
    """Find ``place``: the nth ``quote``, or from there to the end of ``through``.

    Raises ValueError if the text doesn't have it.
    """
    start = -1
    for _ in range(place.get("occurrence", 1)):
        start = text.index(place["quote"], start + 1)
    last = place.get("through", place["quote"])
    return start, text.index(last, start) + len(last)


def record(key: str) -> dict[str, Any]:
    """Return the article ``key`` as a line of an import."""
    described = load("articles")[key]
    text = text_of(key)
    zones = []
    for zone in described["zones"]:
        start, end = extent(text, zone)
        zones.append({"start": start, "end": end, "kind": zone["kind"]})
    given = {"cluster": described["cluster"]} if "cluster" in described else {}
    if layer := load("suggestions").get(key):
        spans = [span(text, row, owner=f"{key}/{layer['origin']}") for row in layer["spans"]]
        given["suggestions"] = [{"origin": layer["origin"], "spans": spans}]
    return {"id": key, "text": text, "meta": described["meta"], "zones": zones, **given}


def coding(key: str, coder: str) -> list[dict[str, Any]]:
    """Return what ``coder`` marked in the article ``key``, as spans of the API.

    The ids follow from article, coder, label and extent, so that a second call gives the same.
    """
    coded = load("codings").get(key, {})
    text = text_of(key)
    return [
        span(text, row, owner=f"{key}/{coder}")
        for row in [*coded.get("both", []), *coded.get(coder, [])]
    ]


def span(text: str, row: Mapping[str, Any], *, owner: str) -> dict[str, Any]:
    """Turn a row of ``codings.yaml`` into a span; links name spans of the same ``owner``."""
    start, end = extent(text, row)
    return {
        "id": _id(text, row, owner),
        "start": start,
        "end": end,
        "label": row["label"],
        "quote": text[start:end],
        "attributes": [
            {"name": name, "value": value} for name, value in row.get("attributes", {}).items()
        ],
        "links": [
            {"name": link["name"], "target": _id(text, link["to"], owner)}
            for link in row.get("links", [])
        ],
        "note": row.get("note", ""),
    }


def rulings(key: str) -> list[dict[str, Any]]:
    """Return what the adjudicator ruled on the article ``key``.

    ``place`` is the start, end and label of a span that lies in the card.
    """
    text = text_of(key)
    ruled = []
    for row in load("codings").get(key, {}).get("rulings", []):
        ruling = {name: value for name, value in row.items() if name != "match"}
        ruling["place"] = (*extent(text, row["match"]), row["match"]["label"])
        if "spans" in row:
            ruling["spans"] = [span(text, given, owner=f"{key}/gold") for given in row["spans"]]
        ruled.append(ruling)
    return ruled


def _id(text: str, row: Mapping[str, Any], owner: str) -> str:
    start, end = extent(text, row)
    return str(uuid5(NAMESPACE_URL, f"{owner}#{start}:{end}:{row['label']}"))
