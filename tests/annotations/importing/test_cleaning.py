"""What a process beside the worker makes of articles."""

import json

import pytest

from annotations.algorithms.cleaning import Book, Cleaned, Rules, Uncleaned, clean
from annotations.algorithms.zones import OwnRule
from annotations.importing import cleaning
from annotations.importing.child import Ended
from annotations.importing.cleaning import CleaningProcess

PROSE = "The ferry left the harbour of Tarsene at noon, and nobody looked after it for long."
PAGE = f"Ferries of Tarsene stop\n\nBy Ada Brandt\n\n05/13/2023\n\n{PROSE}\n\nShare\n\nSince 1920"
ARTICLES = [
    Uncleaned(PAGE, {}, {}, "2021-01-01 ferries.txt", True),
    Uncleaned(PAGE, {"outlet": "Post"}, {"outlet": "column"}, "", True),
    Uncleaned(PAGE, {"published_at": "May 3, 2023"}, {"published_at": "column"}, "", True),
    Uncleaned(PAGE, {"n": 2**70, "x": 0.1, "none": None}, {"n": "record"}, "", False),
    *(Uncleaned(f"Паром ушёл {n} мая. {PROSE} 🕊", {}, {}, "", True) for n in range(20)),
]
BOOK = Book(
    {"Post": Rules(frozenset({"sharing"}), (OwnRule("own:x", "Since .*", "other"),))},
    Rules(lines=frozenset({"Since 1920"}), order="month"),
)


@pytest.fixture(scope="module")
def process():
    with CleaningProcess() as started:
        started.start(BOOK)
        yield started


def test_it_finds_what_is_found_without_it_by_the_rules_that_it_was_given(process):
    found = process.clean(ARTICLES)

    assert [one.zones[-1]["kind"] for one in found[:2]] == ["boilerplate", "other"]
    assert found[1].shown == [["Post", "month"]]
    as_json = json.loads(json.dumps(clean(ARTICLES, BOOK)))
    assert found == [Cleaned(*one) for one in as_json]


def test_it_is_ready_once_it_was_started_and_not_after_it_ended(process, monkeypatch):
    assert not CleaningProcess().is_ready
    process.clean([])
    assert process.is_ready

    monkeypatch.setattr(cleaning, "SECONDS", 0.001)
    with pytest.raises(Ended):
        process.clean(ARTICLES * 20)

    assert not process.is_ready
