"""What each format's reader makes of a file: the layers of its articles, in their order.

A reader is the product's own of that format where there is one, so that what leaves comes in
again. A layer is a list of spans as ``{start, end, label, attributes, links}``, where a link
goes to the place and the label of its target.
"""

import csv
import gzip
import io
import json
import struct
import zipfile
import zlib
from typing import Any

from pyarrow import parquet

from exports.formats import spacy_strings, zipped
from exports.formats.ledger import GOLD, layers
from tests.annotations.importing import files
from tests.exports.formats import unpacking

Layers = dict[str, list[dict[str, Any]]]


def of_record(record: dict[str, Any]) -> Layers:
    """Return the layers of a record, which a reader ought to find."""
    return {name: _resolved(spans) for name, spans in layers(record)}


def read(format: str, data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    """Return what a file holds, an entry for each of ``records`` in their order."""
    return READERS[format](data, records)


def _resolved(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    places = {s["id"]: (s["start"], s["end"], s["label"]) for s in spans if s.get("id")}
    return [
        {
            "start": span["start"],
            "end": span["end"],
            "label": span["label"],
            "attributes": [(a["name"], a["value"]) for a in span.get("attributes", ())],
            "links": [(link["name"], places[link["target"]]) for link in span.get("links", ())],
        }
        for span in spans
    ]


def _jsonl_gz(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    found = [json.loads(line) for line in gzip.decompress(data).splitlines()]
    assert found == records
    return [of_record(record) for record in found]


def _csv(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    found: dict[str, list[dict[str, Any]]] = {record["id"]: [] for record in records}
    for row in csv.DictReader(io.StringIO(data.decode(), newline="")):
        if row["span"]:
            bare = {name: value.removeprefix("'") for name, value in row.items()}
            pairs = {name: json.loads(row[name] or "[]") for name in ("attributes", "links")}
            place = {"start": int(bare["start"]), "end": int(bare["end"])}
            found[bare["article"]].append(
                {"id": bare["span"], "label": bare["label"], **place, **pairs}
            )
    return [{GOLD: _resolved(found[record["id"]])} for record in records]


def _parquet(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    rows = parquet.read_table(io.BytesIO(data)).to_pylist()
    found = [_without_nulls(row) | {"meta": json.loads(row["meta"])} for row in rows]
    assert [_without_nulls(record) | {"meta": record["meta"]} for record in records] == [
        {name: value for name, value in row.items() if name in records[0] or name == "codings"}
        for row in found
    ]
    return [of_record(row) for row in found]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {n: _without_nulls(v) for n, v in value.items() if v is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _conll(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    """Read the offsets that stand beside the words, and hold the importer's spans against them."""
    found: list[list[dict[str, Any]]] = []
    for line in data.decode().split("\n"):
        if line.startswith("# newdoc"):
            found.append([])
        elif "\t" in line:
            _word, start, end, tag = line.split("\t")
            if tag.startswith("B-"):
                found[-1].append({"start": int(start), "label": tag[2:]})
            if tag != "O":
                found[-1][-1]["end"] = int(end)
    with_words = [number for number, r in enumerate(records) if not r["text"].isspace()]
    imported = _imported((f"{GOLD}.conll", data)) if with_words else []
    for number, row in zip(with_words, imported, strict=True):
        text = records[number]["text"]
        (coding,) = row["codings"]
        quoted = [(s["label"], "".join(s["quote"].split())) for s in coding["spans"]]
        assert coding["coder"] == GOLD
        assert quoted == [
            (s["label"], "".join(text[s["start"] : s["end"]].split())) for s in found[number]
        ]
    return [{GOLD: _resolved(spans)} for spans in found]


def _in_folders(data: bytes, name: str, records: list[dict[str, Any]]) -> list[Layers]:
    """Import an archive with a folder for each layer."""
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    members = [(source.name, source.bytes(2**24)) for source in files.members(data, name)]
    found = {row["id"]: row for row in _imported(*members)} if records else {}
    return [
        {
            layer: next(
                _resolved(coding["spans"])
                for coding in found[zipped.stem(record["id"])]["codings"]
                if coding["coder"] == zipped.stem(layer)
            )
            for layer, _spans in layers(record)
        }
        for record in records
    ]


def _brat(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    return _in_folders(data, "brat.zip", records)


def _xmi(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    return _in_folders(data, "xmi.zip", records)


def _spacy(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    """Read the files as spaCy does, whose hashes only have to be told apart here."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            message = unpacking.msgpack(zlib.decompress(archive.read(name)))
            assert message["attrs"] == [65]
            for text, spans, said in _docs(message):
                record = next(r for r in records if r["id"] == said["id"])
                assert name.startswith(f"{zipped.stem(record['split'] or GOLD)}/")
                assert text == record["text"]
                for span in spans:
                    more = said["spans"].get(span["id"], {})
                    span |= {n: more.get(n, []) for n in ("attributes", "links")}
                found[record["id"]] = {GOLD: _resolved(spans)}
    return [found[record["id"]] for record in records]


def _docs(message: dict[str, Any]):
    strings = {spacy_strings.number(text): text for text in message["strings"]}
    count = len(message["tokens"]) // 8
    tokens = [strings[number] for number in struct.unpack(f"<{count}Q", message["tokens"])]
    lengths = struct.unpack(f"<{len(message['lengths']) // 4}i", message["lengths"])
    at = 0
    for number, length in enumerate(lengths):
        words = tokens[at : at + length]
        spaces = message["spaces"][at : at + length]
        at += length
        text = "".join(w + " " * s for w, s in zip(words, spaces, strict=True))
        (packed, keys), *_ = unpacking.msgpack(message["span_groups"][number]).items()
        assert keys == ["sc"]
        spans = []
        for one in unpacking.msgpack(packed)["spans"]:
            own, _, label, first, last, start, end = struct.unpack(">QQQllll", one)
            before = "".join(w + " " * s for w, s in zip(words[:first], spaces, strict=False))
            assert (start, end) == (len(before), start + len(text[start:end]))
            covered = "".join(w + " " * s for w, s in zip(words[:last], spaces, strict=False))
            assert text[start:end] in (covered[start:], covered[start:-1])
            spans.append({"id": strings[own], "label": strings[label], "start": start, "end": end})
        yield text, spans, unpacking.msgpack(message["user_data"][number])


def _webannotation(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    pages = [json.loads(line) for line in data.splitlines()]
    found: list[Layers] = []
    for record in records:
        layers_ = {}
        for page in [page for page in pages if page["label"] == record["id"]]:
            links: dict[str, list[dict[str, str]]] = {}
            spans = []
            for item in page["items"]:
                if item["motivation"] == "linking":
                    name, target = item["body"]
                    links.setdefault(item["target"], []).append(
                        {"name": name["value"], "target": target["id"]}
                    )
                    continue
                place, quote = item["target"]["selector"]
                assert record["text"][place["start"] : place["end"]] == quote["exact"]
                tag, *more = item["body"]
                pairs = [
                    {"name": body["label"], "value": body["value"]}
                    for body in more
                    if body["purpose"] == "describing"
                ]
                at = {name: place[name] for name in ("start", "end")}
                spans.append({"id": item["id"], "label": tag["value"], "attributes": pairs, **at})
            for span in spans:
                span["links"] = links.get(span["id"], [])
            layers_[page["partOf"]["label"]] = _resolved(spans)
        found.append(layers_)
    return found


def _labelstudio(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    rows = _imported(("labelstudio.json", data))
    assert [row["text"] for row in rows] == [record["text"] for record in records]
    return [{GOLD: _resolved(row["spans"])} for row in rows]


def _doccano(data: bytes, records: list[dict[str, Any]]) -> list[Layers]:
    rows = _imported((f"{GOLD}.jsonl", data)) if records else []
    assert [row["text"] for row in rows] == [record["text"] for record in records]
    assert [row["meta"]["article"] for row in rows] == [record["id"] for record in records]
    return [{GOLD: _resolved(row["codings"][0]["spans"])} for row in rows]


def _imported(*sent: tuple[str, bytes]) -> list[dict[str, Any]]:
    found = [row for _line, row in files.rows(*sent)]
    for row in found:
        assert isinstance(row, dict), f"{row.file}:{row.line} {row.detail}"
    return found


READERS = {
    "jsonl.gz": _jsonl_gz,
    "csv": _csv,
    "parquet": _parquet,
    "conll": _conll,
    "brat": _brat,
    "xmi": _xmi,
    "spacy": _spacy,
    "webannotation": _webannotation,
    "labelstudio": _labelstudio,
    "doccano": _doccano,
}
