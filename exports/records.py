"""The article record as it leaves: pure functions of what was frozen."""

import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter, itemgetter, lt
from typing import Any, NamedTuple

from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec.json import Decoder

from exports.formats import jsonl
from exports.recipe import Recipe
from exports.released import Article, Coding, Counts, Span, Zone

Record = dict[str, Any]


class Roster:
    """What each coder of a release is called in it, in an order that the calls follow."""

    def __init__(self, called: Sequence[tuple[str, str]]):
        """Take ``(member UUID, shown name)`` in the order in which names are listed."""
        self._name = dict(called)
        self._place = {member: place for place, (member, _) in enumerate(called)}
        # A million spans are of a few coders, in few combinations.
        self._written = lru_cache(1000)(self._write)

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
        return [self._name[member] for member in self.in_order(members)]

    def written(self, members: bytes) -> bytes:
        """Return the names of a JSON array of members, or of ``null``, as such an array."""
        return self._written(members)

    def _write(self, members: bytes) -> bytes:
        return jsonl.dump(self.names(_ANY.decode(members) or ()))

    def name(self, member: str) -> str:
        return self._name[member]

    def in_order(self, members: Iterable[str]) -> list[str]:
        return sorted(set(members), key=self._place.__getitem__)

    def place(self, member: str) -> int:
        return self._place[member]


class Frozen(NamedTuple):
    """One article of a release as the database holds it; coders are member UUIDs.

    What is ``bytes`` is JSON. Gold comes ``written`` out, with its ``counts``, or as ``gold``.
    ``codings`` lists ``{member, codebook_version, spans}``.
    """

    key: str
    text: bytes | None
    text_sha256: str
    meta: bytes
    zones: bytes
    cluster: str | None
    split: str | None
    codebook_version: int | None
    gold: bytes | None
    written: bytes | None
    counts: bytes | None
    codings: bytes | None


class HandedIn(Struct, gc=False):
    """A coding as it was frozen."""

    member: str
    codebook_version: int | None
    spans: list[Span]


def build(article: Frozen, *, recipe: Recipe, roster: Roster) -> tuple[Article, Counts]:
    """Say of an article what a release says of it, and count the gold in it."""
    codings = _CODINGS.decode(article.codings) if article.codings else []
    version = article.codebook_version
    spans: Raw | list[Span] | UnsetType = UNSET
    counts = NOTHING
    if article.written is not None and article.counts is not None:
        spans = Raw(_with_names(article.written, roster))
        counts = _COUNTS.decode(article.counts)
    elif article.gold is not None:
        spans = _gold(_SPANS.decode(article.gold), recipe, roster)
        counts = Counts(Counter(s.label for s in spans), Counter(s.source for s in spans))
    else:
        used = [coding.codebook_version for coding in codings if coding.codebook_version]
        version = max(used, default=None)
    return Article(
        cluster=article.cluster,
        codebook_version=version,
        codings=_codings(codings, recipe, roster) if recipe.has_codings else UNSET,
        id=article.key,
        meta=Raw(jsonl.dump(_ANY.decode(article.meta))),
        spans=spans if recipe.has_gold else UNSET,
        split=article.split,
        text=Raw(article.text) if recipe.text else UNSET,
        text_sha256=article.text_sha256,
        zones=sorted(_ZONES.decode(article.zones), key=attrgetter("start", "end", "kind")),
    ), counts


def in_order(spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort spans as a record lists them: by start, end, label, id."""
    return sorted(spans, key=itemgetter(*_PLACE))


_PLACE = ("start", "end", "label", "id")
_PLACE_OF = attrgetter(*_PLACE)

_ANY = Decoder()
_ZONES = Decoder(list[Zone])
_SPANS = Decoder(list[Span])
_COUNTS = Decoder(Counts)
_CODINGS = Decoder(list[HandedIn])

NOTHING = Counts({}, {})

#: Within a string every quotation mark has a backslash before it: this is the key, and it alone.
_CODERS = b'"coders":'

# A release spends most of its time here. What is read is changed in place and written again:
# making anything anew of each of a million spans would take longer than all the rest.


def _with_names(written: bytes, roster: Roster) -> bytes:
    first, *others = written.split(_CODERS)
    pieces = [first]
    for piece in others:
        end = piece.index(b"]") + 1
        pieces += (_CODERS, roster.written(piece[:end]), piece[end:])
    return b"".join(pieces)


def _gold(spans: list[Span], recipe: Recipe, roster: Roster) -> list[Span]:
    for span in spans:
        span.coders = Raw(roster.written(bytes(span.coders)))
        span.source = span.source or "adjudicated"
    return _shown(spans, recipe)


def _codings(codings: list[HandedIn], recipe: Recipe, roster: Roster) -> list[Coding]:
    codings.sort(key=lambda coding: roster.place(coding.member))
    for coding in codings:
        for span in coding.spans:
            span.coders = span.decision = span.source = UNSET
    return [Coding(roster.name(coding.member), _shown(coding.spans, recipe)) for coding in codings]


def _shown(spans: list[Span], recipe: Recipe) -> list[Span]:
    for span in spans:
        span.attributes = Raw(jsonl.dump(span.attributes)) if span.attributes else []
        span.links = Raw(jsonl.dump(span.links)) if span.links else []
        if not span.note:
            span.note = UNSET
        if not recipe.text:
            span.quote = UNSET
    starts = [span.start for span in spans]
    if not all(map(lt, starts, starts[1:])):
        spans.sort(key=_PLACE_OF)
    return spans
