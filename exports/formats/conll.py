"""CoNLL: a token a line, gold as IOB2 in the last column. One token can be in one span only."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from exports.formats import ledger as reasons
from exports.formats import words
from exports.formats.ledger import Ledger, Record, Span

NAME = "gold.conll"
TITLE = _("CoNLL: a word a line with IOB2 tags")
KEEPS: frozenset[str] = frozenset()
NEEDS = frozenset({"text", "gold"})
CARD = (
    f"`{NAME}` has the gold spans for taggers: a word or sign a line, then where it starts and",
    "ends in the text, then its tag (IOB2); an empty line after each sentence. A word has one",
    "tag: where spans share words, the shortest is there, of equally long ones the first.",
)

_BREAK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def write(records: Iterable[Record], ledger: Ledger) -> Iterator[bytes]:
    """Yield the documents, each behind comments that name it."""
    for record in records:
        ledger.article(record)
        ledger.rows += 1
        yield "".join(_lines(record, ledger)).encode()


def _lines(record: Record, ledger: Ledger) -> Iterator[str]:
    text = record["text"]
    found = words.cut(text)
    sentences = words.sentence_numbers(text, found)
    tags = _tags(record, found, sentences, ledger)
    yield f"# newdoc id = {_BREAK.sub(' ', record['id'])}\n"
    yield f"# text_sha256 = {record['text_sha256']}\n"
    if record["split"] is not None:
        yield f"# split = {_BREAK.sub(' ', record['split'])}\n"
    last = sentences[0] if sentences else 0
    for (start, end), sentence, tag in zip(found, sentences, tags, strict=True):
        if sentence != last:
            yield "\n"
        last = sentence
        yield f"{text[start:end]}\t{start}\t{end}\t{tag}\n"
    yield "\n"


def _tags(
    record: Record, found: list[tuple[int, int]], sentences: list[int], ledger: Ledger
) -> list[str]:
    tags = ["O"] * len(found)
    starts = {start: number for number, (start, _) in enumerate(found)}
    ends = {end: number for number, (_, end) in enumerate(found)}
    # The shortest first: the outer one of two would else leave no room for all within it.
    for span in sorted(record["spans"], key=lambda span: span["end"] - span["start"]):
        first, last = starts.get(span["start"]), ends.get(span["end"])
        if _BREAK.search(span["label"]):
            ledger.lost(record, span, reasons.LABEL_UNWRITABLE)
        elif first is None or last is None:
            ledger.lost(record, span, reasons.NOT_ON_WORDS)
        elif sentences[first] != sentences[last]:
            ledger.lost(record, span, reasons.CROSSES_SENTENCES)
        elif any(tag != "O" for tag in tags[first : last + 1]):
            ledger.lost(record, span, reasons.SHARES_WORDS)
        else:
            ledger.wrote(span)
            _tag(tags, first, last, span)
    return tags


def _tag(tags: list[str], first: int, last: int, span: Span) -> None:
    tags[first : last + 1] = [f"I-{span['label']}"] * (last + 1 - first)
    tags[first] = f"B-{span['label']}"
