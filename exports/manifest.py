"""What is published beside the records: manifest, data card, checksums. Pure functions."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation

from exports import losses
from exports.formats import DERIVED
from exports.records import Record

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

    def add(self, record: Record) -> None:
        self.articles += 1
        if record["split"] is not None:
            self.splits[record["split"]] += 1
        for span in record.get("spans", ()):
            self.spans += 1
            self.labels[span["label"]] += 1
            self.sources[span["source"]] += 1
        self.codings += len(record.get("codings", ()))

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
    counts = manifest["counts"]
    request = manifest["request"]
    lines = [
        "---",
        f"pretty_name: {json.dumps(manifest['name'], ensure_ascii=False)}",
        "configs:",
        "  - config_name: default",
        "    data_files: articles.jsonl",
        "---",
        "",
        f"# {_line(manifest['name'])}",
        "",
        f"Release {manifest['number']} of the project “{_line(manifest['project']['name'])}”,"
        f" asked for on {manifest['requested_at'][:10]}.",
        "",
        f"{counts['articles']:,} articles, {counts['spans']:,} gold spans"
        f" and {counts['codings']:,} codings, one article a line in `articles.jsonl`.",
        "",
        "## The records",
        "",
        "Offsets count Unicode code points; `start` is inclusive, `end` exclusive, so that",
        "`text[start:end] == quote` in Python.",
        "" if request["text"] else "Texts and quotes are left out; `text_sha256` names each text.",
        "Coders have their own names."
        if request["real_names"]
        else "Coders are numbered; the numbers hold within this release.",
        "",
        *_formats(request["formats"]),
        *_table("Label", "spans", counts["spans_by_label"]),
        *_table("Decided by", "spans", counts["spans_by_source"]),
        *_table("Split", "articles", counts["articles_by_split"]),
        *_splits(request),
        *_codebooks(manifest["codebooks"]),
        *_agreement(manifest["agreement"]),
        *_left_out(manifest["left_out"]),
        *_losses(manifest["losses"]),
        "## Loading and checking",
        "",
        "```python",
        "import datasets",
        "",
        'datasets.load_dataset("json", data_files="articles.jsonl")',
        "```",
        "",
        "`sha256sum -c SHA256SUMS` checks the files. The content hash, over the lines of",
        f"`articles.jsonl`, is `{manifest['content_hash']}`.",
    ]
    return ("\n".join(lines) + "\n").encode()


def _table(what: str, unit: str, counts: dict[str, int]) -> list[str]:
    if not counts:
        return []
    rows = [f"| {_cell(name)} | {counts[name]:,} |" for name in sorted(counts)]
    return [f"| {what} | {unit} |", "| --- | ---: |", *rows, ""]


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _line(text: str) -> str:
    return " ".join(text.split())


def _formats(names: list[str]) -> list[str]:
    return [line for name in names if name in DERIVED for line in (*DERIVED[name].CARD, "")]


def _splits(request: dict[str, Any]) -> list[str]:
    if not request["splits"]:
        return []
    return [
        "Versions of one story are all in one split.",
        *(
            [f"Splits have alike shares of each {request['stratify']}."]
            * bool(request["stratify"])
        ),
        "",
    ]


def _codebooks(codebooks: list[dict[str, Any]]) -> list[str]:
    if not codebooks:
        return []
    versions = ", ".join(str(codebook["version"]) for codebook in codebooks)
    return ["## How it was made", "", f"Codebook version: {versions}.", ""]


def _agreement(agreement: dict[str, Any] | None) -> list[str]:
    if not agreement or agreement["alpha"].get("value") is None:
        return []
    alpha = agreement["alpha"]
    return [
        f"Agreement of the coders when this was frozen: Krippendorff's α {alpha['value']:.3f}"
        f" (nominal, by character, {alpha['articles']:,} articles).",
        "",
    ]


def _left_out(repeated: list[dict[str, str]]) -> list[str]:
    if not repeated:
        return []
    return [
        f"Of articles decided in several batches the latest decision counts; {len(repeated):,}"
        " earlier ones are named in `manifest.json`.",
        "",
    ]


def _losses(reports: dict[str, Any]) -> list[str]:
    with translation.override("en"):
        told = losses.sentences(reports)
    if not told:
        return []
    return [
        "## What the other files can't say",
        "",
        "`articles.jsonl` says all. Spans that a file lacks are named in its `losses` file.",
        "",
        *(f"* {sentence}" for sentence in told),
        "",
    ]
