"""The article record as it leaves: pure functions of what was frozen."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from exports.recipe import Recipe

Record = dict[str, Any]


class Roster:
    """What each coder of a release is called in it, in an order that the calls follow."""

    def __init__(self, called: Sequence[tuple[str, str]]):
        """Take ``(member UUID, shown name)`` in the order in which names are listed."""
        self._name = dict(called)
        self._place = {member: place for place, (member, _) in enumerate(called)}
        # A million spans are of a few coders, in few combinations.
        self._names = lru_cache(1000)(self._looked_up)

    @classmethod
    def pseudonymous(cls, members: Iterable[str], *, secret: bytes, seed: int) -> "Roster":
        """Call them coder-1, coder-2 … in an order that only the project's secret explains."""

        def rank(member: str) -> bytes:
            return hmac.digest(secret, f"{seed}\n{member}".encode(), "sha256")

        ranked = sorted(members, key=rank)
        return cls([(member, f"coder-{place}") for place, member in enumerate(ranked, start=1)])

    @classmethod
    def named(cls, people: Mapping[str, tuple[str, bool]]) -> "Roster":
        """Call them by their names, given as ``{member UUID: (name, is external)}``.

        An imported coder may have the name of a member without being that
        person: the import's then gets a sign, or the two would become one.
        """
        taken = {name for name, is_external in people.values() if not is_external}
        called = []
        for member, (name, is_external) in sorted(people.items(), key=lambda item: item[1]):
            shown = name
            while is_external and shown in taken:
                shown += " (external)"
            taken.add(shown)
            called.append((member, shown))
        return cls(sorted(called, key=lambda pair: pair[1]))

    def names(self, members: Iterable[str]) -> list[str]:
        """Return the names of ``members`` in the roster's order."""
        return self._names(tuple(members))

    def _looked_up(self, members: tuple[str, ...]) -> list[str]:
        return [self._name[member] for member in self.in_order(members)]

    def name(self, member: str) -> str:
        return self._name[member]

    def in_order(self, members: Iterable[str]) -> list[str]:
        return sorted(set(members), key=self._place.__getitem__)

    def place(self, member: str) -> int:
        return self._place[member]


class Frozen(NamedTuple):
    """One article of a release as the database holds it; coders are member UUIDs."""

    key: str
    text: str | None
    text_sha256: str
    meta: dict[str, Any]
    zones: list[dict[str, Any]]
    cluster: str | None
    split: str | None
    codebook_version: int | None
    gold: list[dict[str, Any]] | None
    codings: list[tuple[str, list[dict[str, Any]]]]


def build(article: Frozen, *, recipe: Recipe, roster: Roster) -> Record:
    """Make an article's record: the shape of ``record.schema.json``."""
    record: Record = {
        "id": article.key,
        "text_sha256": article.text_sha256,
        "meta": article.meta,
        "zones": [
            {name: zone[name] for name in ("start", "end", "kind")}
            for zone in sorted(article.zones, key=itemgetter("start", "end", "kind"))
        ],
        "cluster": article.cluster,
        "split": article.split,
        "codebook_version": article.codebook_version,
    }
    if recipe.text:
        record["text"] = article.text
    if recipe.has_gold and article.gold is not None:
        record["spans"] = [
            _shown(_gold(span, roster), span, recipe) for span in in_order(article.gold)
        ]
    if recipe.has_codings:
        record["codings"] = [
            {
                "coder": roster.name(member),
                "spans": [_shown(_coded(span), span, recipe) for span in in_order(spans)],
            }
            for member, spans in sorted(
                article.codings, key=lambda coding: roster.place(coding[0])
            )
        ]
    return record


def in_order(spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort spans as a record lists them: by start, end, label, id."""
    return sorted(spans, key=_PLACE)


_PLACE = itemgetter("start", "end", "label", "id")

# A release spends most of its time here, and a dictionary written in one piece is made in half
# the time of one that is put together.


def _gold(span: dict[str, Any], roster: Roster) -> dict[str, Any]:
    return {
        "id": span["id"],
        "start": span["start"],
        "end": span["end"],
        "label": span["label"],
        "quote": span["quote"],
        "attributes": span.get("attributes") or [],
        "links": span.get("links") or [],
        "source": span.get("source") or "adjudicated",
        "coders": roster.names(span.get("coders") or ()),
        "decision": span.get("decision"),
    }


def _coded(span: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": span["id"],
        "start": span["start"],
        "end": span["end"],
        "label": span["label"],
        "quote": span["quote"],
        "attributes": span.get("attributes") or [],
        "links": span.get("links") or [],
    }


def _shown(shown: dict[str, Any], span: dict[str, Any], recipe: Recipe) -> dict[str, Any]:
    if not recipe.text:
        del shown["quote"]
    if note := span.get("note"):
        shown["note"] = note
    return shown
