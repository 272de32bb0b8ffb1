"""What is published beside the records: manifest, data card, checksums. Pure functions."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from exports import data_card
from exports.released import Article, Counts

SCHEMA = "annotation-release/1"
NAME = "manifest.json"
SUMS = "SHA256SUMS"
CARD = "README.md"
SOFTWARE = {"name": "annotation-workbench", "version": "0.1.0"}

Manifest = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """A file that is complete on disk."""

    name: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass
class Tally:
    """Counts what passes through."""

    articles: int = 0
    spans: int = 0
    codings: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)

    def add(self, article: Article, gold: Counts) -> None:
        self.articles += 1
        if article.split is not None:
            self.splits[article.split] += 1
        for label, times in gold.labels.items():
            self.labels[label] += times
            self.spans += times
        for source, times in gold.sources.items():
            self.sources[source] += times
        self.codings += len(article.codings or ())

    def merge(self, counts: Mapping[str, Any]) -> None:
        """Add what another tally said of itself."""
        self.articles += counts["articles"]
        self.spans += counts["spans"]
        self.codings += counts["codings"]
        self.labels.update(counts["spans_by_label"])
        self.sources.update(counts["spans_by_source"])
        self.splits.update(counts["articles_by_split"])

    def as_json(self) -> dict[str, Any]:
        return {
            "articles": self.articles,
            "spans": self.spans,
            "codings": self.codings,
            "spans_by_label": dict(self.labels),
            "spans_by_source": dict(self.sources),
            "articles_by_split": dict(self.splits),
        }


def dump(manifest: Manifest) -> bytes:
    """Write the manifest for people and programs alike, always the same way."""
    return json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=2).encode() + b"\n"


def checksums(files: Iterable[Written]) -> bytes:
    """Write the lines that ``sha256sum -c`` reads."""
    ordered = sorted(files, key=lambda file: file.name)
    return "".join(f"{file.sha256}  {file.name}\n" for file in ordered).encode()


def card(manifest: Manifest) -> bytes:
    """Write the data card: what this is, how it was made, how to load and to check it."""
    said = data_card
    lines = [
        "---",
        f"pretty_name: {json.dumps(manifest['name'], ensure_ascii=False)}",
        *said.front_matter(),
        "---",
        "",
        f"# {said.line(manifest['name'])}",
        "",
        f"Release {manifest['number']} of the project “{said.line(manifest['project']['name'])}”,"
        f" asked for on {manifest['requested_at'][:10]}.",
        "",
        *said.counts(manifest),
        *said.records(manifest),
        *said.codebook(manifest),
        *said.agreement(manifest),
        *said.limits(manifest),
        *said.provenance(manifest),
        *said.loading(),
        "## Checking",
        "",
        "`sha256sum -c SHA256SUMS` checks the files. The content hash, over the lines of",
        f"`articles.jsonl`, is `{manifest['content_hash']}`.",
    ]
    return ("\n".join(lines) + "\n").encode()
