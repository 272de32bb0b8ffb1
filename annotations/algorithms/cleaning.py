"""What articles that come without zones and metadata get: both, as far as their texts tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from annotations.algorithms import dates, metadata, zones
from annotations.algorithms.stories import story_sha256

LONGEST_OUTLET = 400
_LONGEST_DATE = 100

Meta = dict[str, Any]
#: Which comes first, day or month, as an article shows it of an outlet.
Shown = list[tuple[str, dates.Order]]


class Uncleaned(NamedTuple):
    """An article as it came; ``sources`` says where each of its ``meta`` is from."""

    text: str
    meta: Meta
    sources: dict[str, str]
    file_name: str
    #: Whether its metadata may be completed.
    is_described: bool


class Cleaned(NamedTuple):
    """What it has then. ``shown`` is what can be learnt of its outlet."""

    zones: list[dict[str, Any]]
    meta: Meta
    sources: dict[str, str]
    story_sha256: str
    shown: Shown


@dataclass(frozen=True)
class Rules:
    """The rules that hold for the articles of one outlet."""

    off: frozenset[str] = frozenset()
    own: tuple[zones.OwnRule, ...] = ()
    lines: frozenset[str] = frozenset()
    order: dates.Order | None = None

    def find(self, text: str) -> list[zones.Found]:
        return zones.find(text, off=self.off, own=self.own, known_lines=self.lines)


@dataclass(frozen=True)
class Book:
    """The rules of a project by outlet, and those of all that are not named."""

    named: Mapping[str, Rules] = field(default_factory=dict)
    others: Rules = Rules()

    def of(self, outlet: str) -> Rules:
        """Return what holds for ``outlet``; empty for articles that name none."""
        return self.named.get(outlet, self.others)

    def as_plain(self) -> list[Any]:
        """Return it as JSON can hold it, to be read by ``of_plain``."""
        return [_plain(self.others), {name: _plain(rules) for name, rules in self.named.items()}]

    @classmethod
    def of_plain(cls, plain: list[Any]) -> "Book":
        others, named = plain
        return cls({name: _rules(*rules) for name, rules in named.items()}, _rules(*others))


def outlet_in(meta: Mapping[str, Any]) -> str:
    """Return the outlet that an article's metadata names, or nothing."""
    return str(meta.get("outlet") or "")[:LONGEST_OUTLET]


def clean(articles: Sequence[Uncleaned], book: Book) -> list[Cleaned]:
    """Find zones, and the metadata that an article doesn't have."""
    cleaned = []
    samples = []
    for article in articles:
        done, sample = _clean(article, book)
        cleaned.append(done)
        samples.append(sample)
    # Languages cost least for many texts at once; where there is no sample, there is no code.
    codes = metadata.languages(samples)
    return [
        done
        if code is None
        else done._replace(
            meta=done.meta | {"language": code},
            sources=done.sources | {"language": metadata.TEXT},
        )
        for done, code in zip(cleaned, codes, strict=True)
    ]


def _clean(article: Uncleaned, book: Book) -> tuple[Cleaned, str]:
    """Clean one article; return with it what to tell its language by, if that is not said."""
    text, meta, sources, _, is_described = article
    shown: Shown = []
    rules = book.of(outlet_in(meta))
    found = rules.find(text)
    sample = ""
    if is_described:
        meta, sources = _describe(article, found, rules.order, shown)
        if meta.get("language") in (None, ""):
            sample = metadata.sample(text, found)
        if (better := book.of(outlet_in(meta))) != rules:
            found = better.find(text)
    if order := metadata.order_shown(text, found):
        shown.append((outlet_in(meta), order))
    as_kept = [zone.as_zone() for zone in found]
    return Cleaned(as_kept, meta, sources, story_sha256(text, as_kept), shown), sample


def _describe(
    article: Uncleaned, found: list[zones.Found], order: dates.Order | None, shown: Shown
) -> tuple[Meta, dict[str, str]]:
    meta, sources = dict(article.meta), dict(article.sources)
    if said := _tidy_date(meta, sources, order):
        shown.append((outlet_in(meta), said))
    address = meta.get("url")
    guessed = metadata.clues(
        article.text,
        found,
        file_name=article.file_name,
        address=address if isinstance(address, str) else "",
        order=order,
    )
    for name, guess in guessed.items():
        if meta.get(name) in (None, ""):
            meta[name], sources[name] = guess.value, guess.source
    return meta, sources


def _tidy_date(
    meta: Meta, sources: dict[str, str], order: dates.Order | None
) -> dates.Order | None:
    """Write a date that came in words or numbers as year, month and day.

    Returns what the date shows of the order in which the outlet writes the two.
    """
    said = meta.get("published_at")
    if not isinstance(said, str) or dates.in_name(said[:10]) or len(said) > _LONGEST_DATE:
        return None
    found = next(iter(dates.find(said, order or "day")), None)
    if found is None:
        return None
    meta["published_at"] = found.day.isoformat()
    if found.is_ambiguous and order is None:
        sources["published_at"] = metadata.DAY_ASSUMED
    return found.order


def _plain(rules: Rules) -> list[Any]:
    own = [[one.name, one.pattern, one.kind] for one in rules.own]
    return [sorted(rules.off), own, sorted(rules.lines), rules.order]


def _rules(
    off: list[str], own: list[list[str]], lines: list[str], order: dates.Order | None
) -> Rules:
    patterns = tuple(zones.OwnRule(*one) for one in own)
    return Rules(frozenset(off), patterns, frozenset(lines), order)
