"""The page on trust is what its rows make, and each row is told by a proof that exists."""

import json
import re

import pytest

from tests import trust as table
from tests.trust import Teller
from workbench.env import ROOT

RUN = {"of": "9 rows", "control": "lost 3", "on": "2026-01-01", "at": "abc"}
SHORT = RUN | {"tried": "2 kills", "found": ["lost"]}
LONG = RUN | {"tried": "20 kills", "found": ["lost", "counted_twice"]}


def test_the_page_is_made_of_the_rows():
    assert table.PAGE.read_text() == table.page()


@pytest.mark.parametrize("file", sorted(table.ROWS.glob("*.json")), ids=lambda file: file.stem)
def test_a_row_is_told_by_one_proof(file):
    definition = re.compile(rf"def test_{file.stem}\([^)]*\btrust\b")
    tests = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]
    assert sum(len(definition.findall(text)) for text in tests) == 1


def test_runs_have_lines_of_their_own_the_long_one_first(tmp_path):
    table.keep(tmp_path, "b", "Saving", "Later", {"short": SHORT})
    table.keep(tmp_path, "a", "Saving", "Earlier", {"short": SHORT, "long": LONG})

    assert table.page(tmp_path).splitlines()[-4:] == [
        "|---|---|---|---|---|---|",
        "| Earlier | long | 20 kills, 9 rows | **0 lost, 0 counted twice** | lost 3 |"
        " 2026-01-01, `abc` |",
        "|  | every test | 2 kills, 9 rows | **0 lost** | lost 3 | 2026-01-01, `abc` |",
        "| Later | every test | 2 kills, 9 rows | **0 lost** | lost 3 | 2026-01-01, `abc` |",
    ]


def test_a_run_leaves_the_other_as_it_was(tmp_path):
    table.keep(tmp_path, "a", "Saving", "Once", {"long": LONG})
    table.keep(tmp_path, "a", "Saving", "Once", {"short": SHORT})

    assert json.loads((tmp_path / "a.json").read_text())["runs"] == {
        "long": LONG,
        "short": SHORT,
    }


def test_what_lost_something_has_no_row(tmp_path, monkeypatch):
    monkeypatch.setenv("KEEP_TRUST", "1")
    monkeypatch.setattr(table, "ROWS", tmp_path)
    tell = Teller("proof", "long")

    with pytest.raises(AssertionError, match="lost"):
        tell("Saving", "Killed", tried="1 kill", of="2 rows", control="lost 1", lost=1, doubled=0)
    assert list(tmp_path.iterdir()) == []

    tell("Saving", "Killed", tried="1 kill", of="2 rows", control="lost 1", lost=0, doubled=0)
    assert [file.name for file in tmp_path.iterdir()] == ["proof.json"]


def test_an_ordinary_run_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("KEEP_TRUST", raising=False)
    monkeypatch.setattr(table, "ROWS", tmp_path)

    Teller("proof", "short")(
        "Saving", "Killed", tried="1 kill", of="2 rows", control="lost 1", lost=0
    )

    assert list(tmp_path.iterdir()) == []
