"""brat's standoff: a text and its annotations, in a folder for the gold and one for each coder."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from exports.formats import ledger as reasons
from exports.formats import zipped
from exports.formats.ledger import Ledger, Record, Span, layers

NAME = "brat.zip"
TITLE = _("brat: standoff files, zipped")
KEEPS = frozenset({"attributes", "links", "notes", "codings"})
NEEDS = frozenset({"text"})
CARD = (
    f"`{NAME}` has a text and a standoff file for each article, in the folder `gold` and one for",
    "each coder. Files are named by the article's id, percent-encoded.",
)

_WORD = re.compile(r"[^\s:]+")
_VALUE = re.compile(r"\S(?:[^\n\r]*\S)?")
_BREAK = re.compile(r"\s", re.ASCII)


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the archive, which a folder of brat's can be unpacked from."""
    return zipped.archive(_members(records, ledger))


def _members(records: Iterable[Record], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    used: dict[str, set[str]] = {"entities": set(), "relations": set(), "attributes": set()}
    for record in records:
        ledger.article(record)
        ledger.rows += 1
        for layer, spans in layers(record):
            path = f"{zipped.stem(layer)}/{zipped.stem(record['id'])}"
            document = _Document(record, layer, ledger, used)
            yield f"{path}.txt", record["text"].encode()
            yield f"{path}.ann", "".join(document.lines(spans)).encode()
    yield "annotation.conf", _settings(used).encode()


class _Document:
    """One layer of one article as lines; notes down in ``used`` which names there are."""

    def __init__(self, record: Record, layer: str, ledger: Ledger, used: dict[str, set[str]]):
        self._record = record
        self._layer = layer
        self._ledger = ledger
        self._used = used
        self._names: dict[str, str] = {}
        self._counts = {"A": 0, "R": 0, "#": 0}

    def lines(self, spans: list[Span]) -> Iterator[str]:
        written = []
        for span in spans:
            if _WORD.fullmatch(span["label"]):
                self._ledger.wrote(span)
                written.append(span)
            else:
                self._ledger.lost(self._record, span, reasons.LABEL_UNWRITABLE, layer=self._layer)
        for number, span in enumerate(written, start=1):
            self._names[span["id"]] = f"T{number}"
            self._used["entities"].add(span["label"])
            quote = _BREAK.sub(" ", self._record["text"][span["start"] : span["end"]])
            yield f"T{number}\t{span['label']} {span['start']} {span['end']}\t{quote}\n"
        for span in written:
            yield from self._said_of(span)

    def _said_of(self, span: Span) -> Iterator[str]:
        name = self._names[span["id"]]
        for attribute in span["attributes"]:
            if _WORD.fullmatch(attribute["name"]) and _VALUE.fullmatch(attribute["value"]):
                self._used["attributes"].add(attribute["name"])
                yield f"{self._next('A')}\t{attribute['name']} {name} {attribute['value']}\n"
            else:
                self._ledger.left_out("attributes")
        for link in span["links"]:
            target = self._names.get(link["target"])
            if target and _WORD.fullmatch(link["name"]):
                self._used["relations"].add(link["name"])
                yield f"{self._next('R')}\t{link['name']} Arg1:{name} Arg2:{target}\n"
            else:
                self._ledger.left_out("links")
        for line in span.get("note", "").splitlines():
            if line.strip():
                yield f"{self._next('#')}\tAnnotatorNotes {name}\t{line}\n"

    def _next(self, kind: str) -> str:
        self._counts[kind] += 1
        return f"{kind}{self._counts[kind]}"


def _settings(used: dict[str, set[str]]) -> str:
    """Return the configuration without which brat shows the folder, but not to be edited."""
    return "\n".join(
        [
            "[entities]",
            *sorted(used["entities"]),
            "[relations]",
            *(f"{name}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name in sorted(used["relations"])),
            "[events]",
            "[attributes]",
            *(f"{name}\tArg:<ENTITY>" for name in sorted(used["attributes"])),
            "",
        ]
    )
