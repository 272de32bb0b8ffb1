"""What a format could not say of the records, counted while it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

Record = dict[str, Any]
Span = dict[str, Any]

GOLD = "gold"

#: Why a span is not in a file at all.
SHARES_WORDS = "shares_words"
NOT_ON_WORDS = "not_on_words"
CROSSES_SENTENCES = "crosses_sentences"
REPEATED = "repeated"
LABEL_UNWRITABLE = "label_unwritable"
REASONS = (SHARES_WORDS, NOT_ON_WORDS, CROSSES_SENTENCES, REPEATED, LABEL_UNWRITABLE)

#: What can be missing of a span that is in the file, or of its article.
PARTS = ("attributes", "links", "notes", "zones", "codings")


def layers(record: Record) -> Iterator[tuple[str, list[Span]]]:
    """Yield who says what of an article: the gold, then each coder by name."""
    if "spans" in record:
        yield GOLD, record["spans"]
    for coding in record.get("codings", ()):
        name = coding["coder"]
        yield (f"{name} (coder)" if name == GOLD else name), coding["spans"]


class Ledger:
    """Adds up one file: spans that came, spans written, and each lost one with its reason.

    A format that ``keeps`` codings has their spans too; for others only gold counts. ``tell`` is
    called with a row for every span that is lost.
    """

    def __init__(
        self,
        format: str,
        keeps: Collection[str],
        tell: Callable[[dict[str, Any]], None] = lambda row: None,
    ):
        self.rows = 0
        self._format = format
        self._keeps = keeps
        self._tell = tell
        self._spans = 0
        self._written = 0
        self._lost: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()

    def article(self, record: Record) -> None:
        """Count what an article brings, before any of it is written."""
        self._spans += len(record.get("spans", ()))
        codings = record.get("codings", ())
        if "codings" in self._keeps:
            self._spans += sum(len(coding["spans"]) for coding in codings)
        else:
            self.left_out("codings", len(codings))
        if "zones" not in self._keeps:
            self.left_out("zones", len(record["zones"]))

    def wrote(self, span: Span) -> None:
        """Count a span that is in the file, and what the format can't say of any span."""
        self._written += 1
        for part in ("attributes", "links"):
            if part not in self._keeps:
                self.left_out(part, len(span[part]))
        if "notes" not in self._keeps:
            self.left_out("notes", "note" in span)

    def lost(self, record: Record, span: Span, reason: str, *, layer: str = GOLD) -> None:
        """Count a span that is not in the file, and tell which."""
        self._lost[reason] += 1
        place = {name: span[name] for name in ("start", "end", "label")}
        self._tell(
            {
                "format": self._format,
                "article": record["id"],
                "layer": layer,
                "span": span["id"],
                "reason": reason,
                **place,
            }
        )

    def left_out(self, part: str, count: int = 1) -> None:
        """Count what is missing of spans or articles that are in the file."""
        if count:
            self._left_out[part] += count

    def as_json(self) -> dict[str, Any]:
        """Return the report: ``spans`` is ``written`` and all of ``lost`` together."""
        return {
            "spans": self._spans,
            "written": self._written,
            "lost": dict(sorted(self._lost.items())),
            "left_out": dict(sorted(self._left_out.items())),
        }
