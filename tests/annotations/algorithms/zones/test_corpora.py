"""News texts that come without furniture: whatever the rules took there would be story."""

import json
from pathlib import Path

import pytest

from annotations.algorithms import zones

FOLDER = Path(__file__).resolve().parents[5] / "shared/corpora"
NEWS = [
    "polnear_train/articles.jsonl",
    "bratiaa_es/articles.jsonl",
    "near_duplicates/articles_100.jsonl",
]


@pytest.mark.parametrize("name", NEWS)
def test_no_sentence_of_clean_news_is_taken_for_furniture(name):
    texts = [json.loads(line)["text"] for line in (FOLDER / name).open()]
    taken = [
        text[zone.start : zone.end]
        for text in texts
        for zone in zones.find(text)
        if zone.kind == "boilerplate"
    ]
    assert ([words for words in taken if len(words.split()) > 3], len(texts) > 3) == ([], True)
