"""How fast a release becomes CoNLL, the slowest format, and what all formats take of memory."""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from annotations.algorithms import synthetic, tokens
from bench.rows import Row, best, peak
from bench.stage import Stage
from exports.formats import conll, jsonl
from exports.formats.ledger import Ledger

ARTICLES = 100_000
SPANS = 10
#: So many articles are made up; the rest says the same under other names.
ORIGINALS = 1_000
ALL_FORMATS = """
import json, sys
from exports.formats import DERIVED
from exports.formats.ledger import Ledger
for name, format in DERIVED.items():
    with open(sys.argv[1], "rb") as lines:
        for piece in format.write(map(json.loads, lines), Ledger(name, format.KEEPS)):
            pass
    with open("/proc/self/status") as told:
        print(name, *(line for line in told if line.startswith("VmHWM")), file=sys.stderr)
"""


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


def memory(stage: Stage) -> Row:
    """The most that any format takes for ten times the articles."""
    articles = stage.times(ARTICLES)
    small, large = (
        peak([sys.executable, "-c", ALL_FORMATS, str(_written(stage, number))])
        for number in (articles // 10, articles)
    )
    return Row("memory of all formats, ten times the articles", large, small, 1.1, unit="MB")


def _written(stage: Stage, articles: int) -> Path:
    path = stage.instance.data / f"articles-{articles}.jsonl"
    originals = [_record(number) for number in range(min(ORIGINALS, articles))]
    with path.open("wb") as file:
        for number in range(articles):
            record = originals[number % len(originals)] | {"id": f"a-{number:06}"}
            file.write(jsonl.line(record))
    return path


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
                "source": "single",
                "coders": ["coder-1"],
                "decision": None,
            }
        )
    return {
        "id": f"a-{number:06}",
        "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "meta": {},
        "cluster": None,
        "codebook_version": 1,
        "split": None,
        "zones": [],
        "spans": sorted(spans, key=lambda span: (span["start"], span["end"])),
    }


FIGURES: dict[str, Callable[[Stage], Row]] = {"formats": convert, "formats-memory": memory}
