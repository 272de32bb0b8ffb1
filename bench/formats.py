"""How fast a release becomes CoNLL, which of all formats has to look at most of a text."""

import hashlib
import json
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import UUID

from annotations.algorithms import synthetic, tokens
from bench.rows import Row, best
from bench.stage import Stage
from exports.formats import conll, jsonl
from exports.formats.ledger import Ledger

SPANS = 10


def convert(stage: Stage) -> Row:
    """Records to CoNLL, against parsing them and cutting their texts into words and sentences."""
    articles = stage.times(2000)
    lines = [jsonl.line(_record(number)) for number in range(articles)]

    def write() -> None:
        ledger = Ledger("conll", conll.KEEPS)
        for _piece in conll.write(map(json.loads, lines), ledger):
            pass
        if ledger.as_json()["spans"] != articles * SPANS:
            raise SystemExit("Not all spans came.")

    def cut() -> None:
        for line in lines:
            text = json.loads(line)["text"]
            tokens.tokenize(text)
            tokens.sentences(text)

    written, cut_ = best(write, cut, times=3)
    spans = articles * SPANS
    return Row(
        "gold spans as CoNLL, the slowest format",
        spans / written,
        spans / cut_,
        target=0.4,
        unit="/s",
        is_rate=True,
    )


def _record(number: int) -> dict[str, Any]:
    random = Random(f"formats:{number}")
    text = synthetic.story(random, synthetic.SENTENCES).text
    words = tokens.tokenize(text)
    spans = []
    for nth in range(SPANS):
        first = random.randrange(len(words) - 5)
        start, end = words[first][0], words[first + random.randrange(5)][1]
        spans.append(
            {
                "id": str(UUID(int=nth)),
                "start": start,
                "end": end,
                "label": "actor",
                "quote": text[start:end],
                "attributes": [],
                "links": [],
            }
        )
    return {
        "id": f"a-{number:06}",
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "split": None,
        "zones": [],
        "spans": sorted(spans, key=lambda span: (span["start"], span["end"])),
    }


FIGURES: dict[str, Callable[[Stage], Row]] = {"formats": convert}
