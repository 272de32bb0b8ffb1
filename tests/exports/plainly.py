"""An article's record, made the plain way from plain values: what ``records.build`` is held to."""

from typing import Any

from exports.recipe import Recipe
from exports.records import Roster, in_order


def record(article: dict[str, Any], recipe: Recipe, roster: Roster) -> dict[str, Any]:
    """Make the record of an article, given as the fields of ``Frozen`` in plain values."""
    made = {name: article[name] for name in ("text_sha256", "meta", "cluster", "split")}
    made["id"] = article["key"]
    made["zones"] = [
        {name: zone[name] for name in ("start", "end", "kind")}
        for zone in sorted(article["zones"], key=lambda z: (z["start"], z["end"], z["kind"]))
    ]
    made["codebook_version"] = article["codebook_version"]
    if article["gold"] is None:
        used = [coding["codebook_version"] for coding in article["codings"]]
        made["codebook_version"] = max(filter(None, used), default=None)
    if recipe.text:
        made["text"] = article["text"]
    if recipe.has_gold and article["gold"] is not None:
        made["spans"] = [
            _span(span, recipe)
            | {
                "source": span.get("source") or "adjudicated",
                "coders": roster.names(span.get("coders") or ()),
                "decision": span.get("decision"),
            }
            for span in in_order(article["gold"])
        ]
    if recipe.has_codings:
        made["codings"] = [
            {
                "coder": roster.name(coding["member"]),
                "spans": [_span(span, recipe) for span in in_order(coding["spans"])],
            }
            for coding in sorted(article["codings"], key=lambda c: roster.place(c["member"]))
        ]
    return made


def _span(span: dict[str, Any], recipe: Recipe) -> dict[str, Any]:
    shown = {name: span[name] for name in ("id", "start", "end", "label")}
    shown["attributes"] = span.get("attributes") or []
    shown["links"] = span.get("links") or []
    if recipe.text:
        shown["quote"] = span["quote"]
    if span.get("note"):
        shown["note"] = span["note"]
    return shown
