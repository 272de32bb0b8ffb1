"""What differs between two releases: their canonical lines walked once, side by side.

Both files are sorted by article, so that few lines are held at a time. Lines of the same bytes
are not even parsed: comparing releases that are much alike takes as long as reading them.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from exports.records import Record
from exports.span_changes import Kind, SpanChange, compare

#: What an article says besides its spans; a text is told by its hash.
FIELDS = ("text_sha256", "meta", "zones", "cluster", "split", "codebook_version")


@dataclass(frozen=True)
class ArticleChange:
    """An article that came, went, or says something else.

    ``fields`` are those that differ, as they were and as they are; ``codings`` among them counts
    coders and spans. ``spans`` are the changes of the gold; of an article that came or went they
    all did, and ``spans`` is empty.
    """

    kind: Kind
    id: str
    title: str
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    spans: list[SpanChange] = field(default_factory=list)


@dataclass
class Counts:
    """What became of so many: ``before`` and those added is ``after`` and those removed."""

    before: int = 0
    after: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0

    @property
    def same(self) -> int:
        return self.before - self.removed - self.changed

    def as_json(self) -> dict[str, int]:
        names = ("before", "after", "added", "removed", "changed", "same")
        return {name: getattr(self, name) for name in names}


class Difference:
    """Compares the lines of two releases. The counts are right once all ``changes`` were taken.

    How many spans there are is known from the manifests; ``spans`` is ``None`` where one of the
    two has no gold. In ``labels`` a span with another label left the one and came to the other.
    """

    def __init__(self, before: Mapping[str, Any], after: Mapping[str, Any]):
        """Take both manifests."""
        self.articles = Counts()
        self.spans: Counts | None = None
        self.labels: dict[str, Counts] = {}
        old, new = before["counts"], after["counts"]
        if all("gold" in manifest["request"]["include"] for manifest in (before, after)):
            self.spans = Counts(old["spans"], new["spans"])
            of_old, of_new = old["spans_by_label"], new["spans_by_label"]
            self.labels = {
                label: Counts(of_old.get(label, 0), of_new.get(label, 0))
                for label in sorted({*of_old, *of_new})
            }

    def changes(self, before: Iterable[bytes], after: Iterable[bytes]) -> Iterator[ArticleChange]:
        """Yield what became of each article that differs, in the order of the releases."""
        olds, news = map(_Line, before), map(_Line, after)
        old, new = next(olds, None), next(news, None)
        while old or new:
            if old and new and old.content == new.content:
                change, passed = None, (old, new)
            else:
                passed = _first(old, new)
                change = _change(*passed)
            self._count(*passed, change)
            if change:
                yield change
            old = next(olds, None) if passed[0] else old
            new = next(news, None) if passed[1] else new

    def as_json(self) -> dict[str, Any]:
        return {
            "articles": self.articles.as_json(),
            "spans": self.spans.as_json() if self.spans else None,
            "spans_by_label": {label: counts.as_json() for label, counts in self.labels.items()},
        }

    def _count(
        self, old: "_Line | None", new: "_Line | None", change: ArticleChange | None
    ) -> None:
        self.articles.before += old is not None
        self.articles.after += new is not None
        if change is None:
            return
        _add(self.articles, change.kind)
        if self.spans is None:
            return
        spans = change.spans
        if change.kind == "added" and new:
            spans = [SpanChange("added", after=span) for span in new.record["spans"]]
        elif change.kind == "removed" and old:
            spans = [SpanChange("removed", before=span) for span in old.record["spans"]]
        for one in spans:
            _add(self.spans, one.kind)
            self._count_label(one)

    def _count_label(self, change: SpanChange) -> None:
        old, new = change.before, change.after
        if old and new and old["label"] == new["label"]:
            _add(self.labels[new["label"]], "changed")
            return
        if old:
            _add(self.labels[old["label"]], "removed")
        if new:
            _add(self.labels[new["label"]], "added")


class _Line:
    """A line that is parsed when somebody wants to know what it says."""

    def __init__(self, content: bytes):
        self.content = content

    @cached_property
    def record(self) -> Record:
        record: Record = json.loads(self.content)
        return record

    @property
    def id(self) -> str:
        return str(self.record["id"])


Pair = tuple[_Line | None, _Line | None]


def _first(old: _Line | None, new: _Line | None) -> Pair:
    """Return what there is of the article that comes first."""
    if old is None or new is None or old.id == new.id:
        return old, new
    return (old, None) if old.id < new.id else (None, new)


def _change(old: _Line | None, new: _Line | None) -> ArticleChange | None:
    if old is None or new is None:
        kind: Kind = "removed" if old else "added"
        return ArticleChange(kind, *_about(old or new))
    before, after = old.record, new.record
    fields = dict(_fields(before, after))
    spans = []
    if "spans" in before and "spans" in after and before["spans"] != after["spans"]:
        spans = compare(before["spans"], after["spans"])
    return ArticleChange("changed", *_about(new), fields, spans) if fields or spans else None


def _about(line: Any) -> tuple[str, str]:
    return line.id, str(line.record["meta"].get("title") or "")


def _fields(before: Record, after: Record) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name in FIELDS:
        if before[name] != after[name]:
            yield name, (before[name], after[name])
    if "codings" in before and "codings" in after:
        old, new = (_codings(record) for record in (before, after))
        if old != new:
            yield "codings", (_sizes(before), _sizes(after))


def _codings(record: Record) -> Counter[str]:
    """Return what coders said, without who, whose numbers are a release's own, and quotes."""
    return Counter(
        json.dumps([span | {"quote": None} for span in coding["spans"]], sort_keys=True)
        for coding in record["codings"]
    )


def _sizes(record: Record) -> dict[str, int]:
    codings = record["codings"]
    return {"coders": len(codings), "spans": sum(len(coding["spans"]) for coding in codings)}


def _add(counts: Counts, kind: Kind) -> None:
    setattr(counts, kind, getattr(counts, kind) + 1)
