"""The published examples and corpora, which lie beside the repository and never in it."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from annotations.algorithms.agreement import Article

SHARED = Path(__file__).parents[5] / "shared"


def _lines(path: Path) -> str:
    if path.exists():
        return path.read_text(encoding="utf-8")
    message = f"{path.name} is not beside the repository (../shared)"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message, allow_module_level=True)


def examples(file, *measures):
    """Return the published examples of these measures as parameters of a test."""
    every = json.loads(_lines(SHARED / "reference" / file))
    chosen = [example for example in every if example["measure"] in measures]
    return [pytest.param(example, id=example["name"]) for example in chosen]


def corpus(name):
    """Return the articles of a corpus."""
    records = map(json.loads, _lines(SHARED / "corpora" / name / "articles.jsonl").splitlines())
    return [
        Article(
            length=len(record["text"]),
            marks={
                coding["coder"]: [(s["start"], s["end"], s["label"]) for s in coding["spans"]]
                for coding in record["codings"]
            },
        )
        for record in records
    ]


def of_annotators(annotators):
    """Return an article for each document that the annotators of an example marked."""
    documents = defaultdict(lambda: {name: [] for name in annotators})
    for name, marks in annotators.items():
        for document, extents, label in marks:
            documents[document][name].append((extents[0][0], extents[-1][1], label))
    return {
        document: Article(max(m[1] for own in marks.values() for m in own), marks)
        for document, marks in documents.items()
    }
