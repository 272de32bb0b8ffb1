"""The sections of a release's data card, as lines of Markdown made from its manifest alone."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils import translation

from exports import losses, omissions
from exports.formats import DERIVED

Manifest = Mapping[str, Any]
FIGURES = {
    "strict_f1": "same extent and label",
    "extent_f1": "same extent",
    "overlap_f1": "overlap",
}
TEXTS = Path(__file__).with_name("card")


def front_matter() -> list[str]:
    """Return what ``datasets`` reads: which file it is, and its columns."""
    return (TEXTS / "front_matter.yaml").read_text().splitlines()


def loading() -> list[str]:
    """Return lines of code that read the records, each with the same columns."""
    return [*(TEXTS / "loading.md").read_text().splitlines(), ""]


def counts(manifest: Manifest) -> Iterator[str]:
    """Say how much there is of what."""
    said = manifest["counts"]
    yield "## What is in it"
    yield ""
    yield (
        f"{said['articles']:,} articles, {said['spans']:,} gold spans and {said['codings']:,}"
        " codings, one article a line in `articles.jsonl`."
    )
    yield ""
    yield from _counted("Label", "spans", said["spans_by_label"])
    yield from _counted("Decided by", "spans", said["spans_by_source"])
    yield from _counted("Split", "articles", said["articles_by_split"])
    if manifest["request"]["splits"]:
        yield "Versions of one story are all in one split."
        if stratum := manifest["request"]["stratify"]:
            yield f"Splits have alike shares of each {stratum}."
        yield ""


def records(manifest: Manifest) -> Iterator[str]:
    """Say how the records are to be read, and the files beside them."""
    request = manifest["request"]
    yield "## The records"
    yield ""
    yield "Offsets count Unicode code points; `start` is inclusive, `end` exclusive, so that"
    yield "`text[start:end] == quote` in Python."
    if not request["text"]:
        yield "Texts and quotes are left out; `text_sha256` names each text."
    if request["real_names"]:
        yield "Coders have their own names."
    else:
        yield "Coders are numbered; the numbers hold within this release."
    yield ""
    for name in request["formats"]:
        if name in DERIVED:
            yield from DERIVED[name].CARD
            yield ""


def codebook(manifest: Manifest) -> Iterator[str]:
    """Say what the labels mean, and which versions of the codebook were decided by."""
    labels = manifest.get("labels", [])
    versions = manifest["codebooks"]
    if not labels and not versions:
        return
    yield "## Codebook"
    yield ""
    if versions:
        numbers = ", ".join(str(version["version"]) for version in versions)
        yield f"Decided by version {numbers}. `manifest.json` has their hashes" + (
            ", and the labels in full." if labels else "."
        )
        yield ""
    if labels:
        said = [
            (f"`{cell(label['key'])}`", cell(label["definition"]), _slots(label))
            for label in labels
        ]
        yield from _table(("Label", "means", "says besides"), said)


def agreement(manifest: Manifest) -> Iterator[str]:
    """Give the figures of the coders' agreement with intervals, and as of when."""
    said = manifest["agreement"]
    figures = list(_figures(said)) if said else []
    yield "## Agreement of the coders"
    yield ""
    if not figures:
        yield "No figures were known when this was frozen."
        yield ""
        return
    rows = [(name, _figure(value), _interval(value)) for name, value in figures]
    yield from _table(("Figure", "value", "95 % interval"), rows, numbers=True)
    yield (
        f"Over {said['articles']:,} articles that several coders had, before adjudication;"
        f" computed on {said['computed_at'][:10]}."
    )
    if said["stale"]:
        yield "Since then coding went on, so that today's figures may differ."
    yield ""


def limits(manifest: Manifest) -> Iterator[str]:
    """Say what is not in it, and what is to be taken with care."""
    with translation.override("en"):
        stayed_out = omissions.sentences(manifest.get("omitted", {}))
        files = losses.sentences(manifest["losses"])
    found = [f"Not in it: {sentence}." for sentence in stayed_out]
    if repeated := len(manifest["left_out"]):
        found.append(
            f"Of articles decided in several batches the latest decision counts; {repeated:,}"
            " earlier ones are named in `manifest.json`."
        )
    if "gold" not in manifest["request"]["include"]:
        found.append("This is raw coding before adjudication: nobody has decided on it.")
    if alone := manifest["counts"]["spans_by_source"].get("single"):
        found.append(f"Spans that one coder alone has looked at: {alone:,}.")
    if files:
        found.append(
            "`articles.jsonl` says all. Spans that another file lacks are named in its `losses`"
            " file:"
        )
    yield "## Known limits"
    yield ""
    if not found:
        yield "None that the workbench knows of."
    yield from (f"* {line}" for line in found)
    yield from (f"  * {sentence}" for sentence in files)
    yield ""


def provenance(manifest: Manifest) -> Iterator[str]:
    """Say where it comes from: asked for when, of what, made by what."""
    software = manifest["software"]
    yield "## Provenance"
    yield ""
    for batch in manifest.get("batches", []):
        yield f"* Batch “{line(batch['name'])}”: {batch['articles']:,} articles"
    yield f"* Asked for on {manifest['requested_at'][:10]} as:"
    yield f"  `{json.dumps(manifest['request'], sort_keys=True, ensure_ascii=False)}`"
    tokenizer = manifest.get("tokenizer")
    yield f"* Made by {software['name']} {software['version']}" + (
        f", words cut by {tokenizer}" if tokenizer else ""
    )
    yield ""


def _figures(said: Manifest) -> Iterator[tuple[str, Manifest]]:
    named = [("Krippendorff's α, nominal, by character", said["alpha"])]
    named += [
        (f"α of `{cell(label)}`", value)
        for label, value in sorted(said.get("alpha_by_label", {}).items())
    ]
    means = said.get("mean_pair", {})
    named += [
        (f"Mean F1 of two coders, {words}", means[name])
        for name, words in FIGURES.items()
        if name in means
    ]
    for name, value in named:
        if value.get("value") is not None:
            yield name, value


def _figure(value: Manifest) -> str:
    return f"{value['value']:.3f}"


def _interval(value: Manifest) -> str:
    if value.get("low") is None or value.get("high") is None:
        return "–"
    return f"{value['low']:.3f} to {value['high']:.3f}"


def _slots(label: Manifest) -> str:
    return cell(", ".join(slot["name"] for slot in (*label["attributes"], *label["links"])))


def _counted(what: str, unit: str, counted: Mapping[str, int]) -> Iterator[str]:
    if counted:
        rows = [(cell(name), f"{counted[name]:,}") for name in sorted(counted)]
        yield from _table((what, unit), rows, numbers=True)


def _table(
    head: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, numbers: bool = False
) -> Iterator[str]:
    """Write a table; with ``numbers`` all columns but the first are set to the right."""
    rest = "---:" if numbers else "---"
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join(['---', *[rest] * (len(head) - 1)])} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def cell(text: str) -> str:
    """Return a text as it can stand in a table."""
    return line(text).replace("|", "\\|")


def line(text: str) -> str:
    """Return a text on one line, so that it can't begin a heading."""
    return " ".join(text.split())
