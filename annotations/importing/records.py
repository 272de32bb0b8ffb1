"""One article record, checked: either all of it can come in, or a ``Problem`` says why not.

The rules are those of the record format, the same for every reader. Offsets
and quotes are held against the text as it was sent, and leave here as offsets
into the canonical text.
"""

import uuid
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from annotations.algorithms import text as texts
from annotations.enums import Source, ZoneKind
from annotations.importing.problems import Problem
from annotations.importing.shapes import (
    fields,
    items,
    refuse_crowd,
    refuse_unstorable,
    shown,
    string,
    whole_number,
)

LONGEST_TEXT = 4 * 2**20
LONGEST_KEY = 400
LONGEST_NAME = 200
LONGEST_SPLIT = 100
LONGEST_LABEL = 60

_RECORD = {
    *("id", "text_sha256", "meta", "zones", "cluster", "split", "codebook_version"),
    *("spans", "codings", "suggestions"),
}
_SPAN = {"id", "quote", "note", "attributes", "links"}
_GOLD = {*_SPAN, "source", "coders", "decision"}
_SPAN_IDS = uuid.UUID("6f2a0c0e-8f43-5f5e-9d0b-3a3df1d5a0a7")
_THE_RECORD = "the record"

Span = dict[str, Any]


@dataclass(frozen=True)
class Coding:
    """What one coder found; no spans means that there was nothing to find."""

    coder: str
    spans: list[Span]


@dataclass(frozen=True)
class Suggested:
    """What a machine proposed."""

    origin: str
    spans: list[Span]


@dataclass(frozen=True)
class Record:
    """A record that can come in. ``spans`` is ``None`` where the record says nothing of gold."""

    key: str
    is_key_given: bool
    text: str
    text_sha256: str
    meta: dict[str, Any]
    zones: list[dict[str, Any]]
    cluster: str | None
    is_cluster_given: bool
    split: str | None
    codebook_version: int | None
    spans: list[Span] | None
    codings: list[Coding] = field(default_factory=list)
    suggestions: list[Suggested] = field(default_factory=list)

    @property
    def brings_work(self) -> bool:
        """Whether there is anything besides the article: codings, gold, suggestions."""
        return self.spans is not None or bool(self.codings or self.suggestions)

    @property
    def layers(self) -> list[list[Span]]:
        """Every list of spans that the record brings."""
        gold = [] if self.spans is None else [self.spans]
        return [*gold, *(c.spans for c in self.codings), *(s.spans for s in self.suggestions)]


def check(value: dict[str, Any], *, default_key: str = "") -> Record:
    """Return the record that ``value`` describes. Raises ``Problem`` with the first fault.

    A record without ``id`` is named ``default_key``, or else by its text's hash.
    """
    refuse_unstorable(value)
    fields(value, _THE_RECORD, required={"text"}, optional=_RECORD)
    sent = string(value, "text", _THE_RECORD)
    if not sent.strip():
        raise Problem("empty_text", "There is no text in it.")
    if len(sent) > LONGEST_TEXT:
        detail = f"Its text has over {LONGEST_TEXT >> 20} million characters. Divide it."
        raise Problem("text_too_long", detail)
    text, moves = texts.canonical(sent)
    text_sha256 = texts.sha256_hex(text)
    if string(value, "text_sha256", _THE_RECORD, default=text_sha256) != text_sha256:
        raise Problem("hash_mismatch", "“text_sha256” is not the hash of the canonical text.")

    key = string(value, "id", _THE_RECORD, default="", longest=LONGEST_KEY, is_empty_allowed=False)
    reader = _SpanReader(sent, text, moves, text_sha256)
    zones = items(value, "zones", _THE_RECORD, reader.zone)
    reader.furnish(zones)
    version = value.get("codebook_version")
    return Record(
        key=key or default_key or text_sha256,
        is_key_given=bool(key),
        text=text,
        text_sha256=text_sha256,
        meta=check_meta(value.get("meta", {})),
        zones=zones,
        cluster=string(value, "cluster", _THE_RECORD, default=None, longest=LONGEST_NAME),
        is_cluster_given="cluster" in value,
        split=string(value, "split", _THE_RECORD, default=None, longest=LONGEST_SPLIT),
        codebook_version=None
        if version is None
        else whole_number(version, "“codebook_version”", least=1, most=2**31 - 1),
        spans=reader.layer(value, _THE_RECORD, reader.gold) if "spans" in value else None,
        codings=_codings(value, reader),
        suggestions=items(value, "suggestions", _THE_RECORD, reader.suggested),
    )


def check_meta(meta: Any) -> dict[str, Any]:
    """Return ``meta`` if it is an object of plain values."""
    refuse_unstorable(meta, "meta")
    if not isinstance(meta, dict):
        raise Problem("wrong_type", "“meta” must be an object.")
    for name, inner in meta.items():
        if isinstance(inner, dict | list):
            raise Problem(
                "wrong_type", f"“meta.{shown(name)}” must be a text, a number, a boolean or null."
            )
    return meta


def check_zones(zones: Any, text: str) -> list[dict[str, Any]]:
    """Return ``zones`` of a canonical text if they are as a record may have them."""
    reader = _SpanReader(text, text, texts.OffsetMap(), "")
    return items({"zones": zones}, "zones", _THE_RECORD, reader.zone)


def _codings(value: dict[str, Any], reader: "_SpanReader") -> list[Coding]:
    codings = items(value, "codings", _THE_RECORD, reader.coding)
    seen: set[str] = set()
    for coding in codings:
        if coding.coder in seen:
            raise Problem("coder_repeated", f"“{shown(coding.coder)}” is there twice.")
        seen.add(coding.coder)
    return codings


class _SpanReader:
    """Reads what points into one text, and moves it onto the canonical form."""

    def __init__(self, sent: str, text: str, moves: texts.OffsetMap, text_sha256: str):
        self.sent = sent
        self.text = text
        self.moves = moves
        self.text_sha256 = text_sha256
        #: Where boilerplate begins, and up to where any that began so far goes on.
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._spans = 0
        self._covered = 0

    def furnish(self, zones: list[dict[str, Any]]) -> None:
        """Say where spans must not lie wholly."""
        found = [z for z in zones if z["kind"] == ZoneKind.BOILERPLATE]
        found.sort(key=lambda zone: zone["start"])
        self._starts = [zone["start"] for zone in found]
        self._ends = list(accumulate((zone["end"] for zone in found), max))

    def zone(self, value: Any, where: str) -> dict[str, Any]:
        fields(value, where, required={"start", "end", "kind"}, optional=())
        if value["kind"] not in ZoneKind.values:
            raise Problem("bad_zone", f"{where} has a kind that is none of {_listed(ZoneKind)}.")
        start, end = self.extent(value, where)
        return {"start": start, "end": end, "kind": value["kind"]}

    def extent(self, value: dict[str, Any], where: str) -> tuple[int, int]:
        """Return where a stretch of the sent text lies in the canonical one."""
        start = whole_number(value["start"], f"“start” of {where}")
        end = whole_number(value["end"], f"“end” of {where}")
        if start >= end:
            raise Problem("bad_span", f"{where} ends at {end}, not after its start at {start}.")
        if end > len(self.sent):
            raise Problem(
                "span_outside_text",
                f"{where} ends at {end}, but the text has {len(self.sent)} characters.",
            )
        quote = string(value, "quote", where, default=None)
        if quote is not None and quote != self.sent[start:end]:
            raise Problem(
                "quote_mismatch",
                f"{where} quotes “{shown(quote)}”, but the text from {start} to {end} is "
                f"“{shown(self.sent[start:end])}”.",
            )
        return self.moves.span(start, end)

    def span(self, value: Any, where: str, optional: set[str] = _SPAN) -> Span:
        fields(value, where, required={"start", "end", "label"}, optional=optional)
        start, end = self.extent(value, where)
        before = bisect_right(self._starts, start)
        if before and end <= self._ends[before - 1]:
            raise Problem("span_in_boilerplate", f"{where} lies wholly in site furniture.")
        self._spans += 1
        self._covered += end - start
        refuse_crowd(self._spans, self._covered)
        return {
            "id": string(value, "id", where, default=None, is_empty_allowed=False),
            "start": start,
            "end": end,
            "label": string(value, "label", where, longest=LONGEST_LABEL, is_empty_allowed=False),
            "quote": self.text[start:end],
            "attributes": items(value, "attributes", where, _attribute),
            "links": items(value, "links", where, _link),
            "note": string(value, "note", where, default=""),
        }

    def gold(self, value: Any, where: str) -> Span:
        span = self.span(value, where, _GOLD)
        source = string(value, "source", where, default=Source.ADJUDICATED.value)
        if source not in Source.values:
            raise Problem("bad_source", f"{where} has a source that is none of {_listed(Source)}.")
        return span | {
            "source": source,
            "coders": items(value, "coders", where, _coder),
            "decision": string(value, "decision", where, default=None),
        }

    def coding(self, value: Any, where: str) -> Coding:
        fields(value, where, required={"coder", "spans"}, optional=())
        coder = _coder(value["coder"], f"{where}.coder")
        return Coding(coder, self.layer(value, where, self.span, coder))

    def suggested(self, value: Any, where: str) -> Suggested:
        fields(value, where, required={"origin", "spans"}, optional=())
        origin = string(value, "origin", where, longest=LONGEST_NAME)
        return Suggested(origin, self.layer(value, where, self.span, origin))

    def layer(
        self,
        value: dict[str, Any],
        where: str,
        read: Callable[[Any, str], Span],
        owner: str = "",
    ) -> list[Span]:
        """Read one list of spans, give each its UUID, and let links follow."""
        spans = items(value, "spans", where, read)
        counts: dict[tuple, int] = {}
        for span in spans:
            place = (span["start"], span["end"], span["label"])
            counts[place] = counts.get(place, 0) + 1
            span["id"] = (
                self._uuid("", owner, *place, counts[place])
                if span["id"] is None
                else _as_uuid(span["id"]) or self._uuid(span["id"])
            )
        if len({span["id"] for span in spans}) < len(spans):
            raise Problem("span_id_repeated", f"Two spans of {where} have the same id.")
        known = {span["id"] for span in spans}
        for span in spans:
            for link in span["links"]:
                target = link["target"]
                link["target"] = _as_uuid(target) or self._uuid(target)
                if link["target"] not in known:
                    raise Problem(
                        "unknown_target",
                        f"A link goes to “{shown(target)}”, which is no span here.",
                    )
        return sorted(spans, key=lambda s: (s["start"], s["end"], s["label"], s["id"]))

    def _uuid(self, *parts: Any) -> str:
        # The text is part of it, because ids like "T1" begin anew in every article.
        name = "\n".join(str(part) for part in (self.text_sha256, *parts))
        return str(uuid.uuid5(_SPAN_IDS, name))


def _attribute(value: Any, where: str) -> dict[str, str]:
    fields(value, where, required={"name", "value"}, optional=())
    name = string(value, "name", where, longest=LONGEST_NAME, is_empty_allowed=False)
    return {"name": name, "value": string(value, "value", where)}


def _link(value: Any, where: str) -> dict[str, str]:
    fields(value, where, required={"name", "target"}, optional=())
    name = string(value, "name", where, longest=LONGEST_NAME, is_empty_allowed=False)
    return {"name": name, "target": string(value, "target", where)}


def _coder(value: Any, where: str) -> str:
    return string({"name": value}, "name", where, longest=LONGEST_NAME, is_empty_allowed=False)


def _as_uuid(text: str) -> str | None:
    """Return a UUID in its usual form, or ``None`` if ``text`` is not one in the hyphened form."""
    try:
        found = str(uuid.UUID(text))
    except ValueError:
        return None
    return found if found == text.lower() else None


def _listed(choices: type) -> str:
    return ", ".join(choices.values)  # type: ignore[attr-defined]
