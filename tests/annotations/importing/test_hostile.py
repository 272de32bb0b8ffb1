"""Files made to harm: each is refused, in a sentence, before it costs anything."""

import json
import re
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from tests.annotations.importing import measured
from tests.annotations.importing.bombs import BOMBS, MB, Bomb, one_that_unpacks_to_much
from tests.annotations.importing.pathological import TABLE

SECONDS = 1.0
MEGABYTES = 64
GROWTH = 3.0
TIMES = 3
#: So much smaller are they where lines are counted and not seconds.
SMALLER = 40
ROOT = Path(__file__).parents[3]


def laid(folder: Path, bomb: Bomb, size: int) -> Path:
    with (folder / bomb.file).open("wb") as file:
        for piece in bomb.make(size):
            file.write(piece)
    if bomb.file.endswith(".ann"):
        (folder / bomb.file).with_suffix(".txt").write_text("Anna spoke.")
    return folder


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(bomb, id=bomb.name, marks=[pytest.mark.slow] if bomb.small > 100 * MB else [])
        for bomb in BOMBS
    ],
)
def test_a_bomb_is_refused_by_name_and_in_a_sentence(bomb, tmp_path):
    refused, _ = measured.come_through(laid(tmp_path, bomb, bomb.small))
    assert [problem.code for problem in refused] == [bomb.code]
    assert refused[0].detail.endswith(".")
    assert refused[0].file.partition("/")[0] in (bomb.file, "")


@pytest.mark.slow
def test_a_bomb_costs_a_second_and_a_little_memory_at_most(tmp_path, trust):
    found = []
    for number, bomb in enumerate(BOMBS):
        folder = tmp_path / str(number)
        folder.mkdir()
        [cost] = costs(laid(folder, bomb, bomb.large))
        assert cost["codes"] == [bomb.code], bomb.name
        found.append(cost)
    seconds, megabytes = ([cost[what] for cost in found] for what in ("seconds", "megabytes"))
    plainly = megabytes_read_plainly(tmp_path)
    assert plainly > MEGABYTES
    trust(
        "Imports and releases",
        "Files that would unpack, multiply or nest without end are imported",
        tried=f"{len(BOMBS)} kinds of them",
        of=f"{max(seconds):.1f} s and {max(megabytes):.0f} MB at most",
        over_a_second=sum(taken > SECONDS for taken in seconds),
        over_64_MB=sum(grown > MEGABYTES for grown in megabytes),
        control=f"the standard library took {plainly} MB for one that unpacks to much",
    )


@pytest.mark.slow
def test_twice_as_much_takes_about_twice_the_time(tmp_path, trust):
    growth = {}
    for make, size in TABLE.items():
        name = make.__name__
        folders = [put(tmp_path / f"{name}-{times}", make(size * times)) for times in (1, 2)]
        taken = costs(*folders * TIMES)
        assert taken[0]["codes"] == taken[1]["codes"], f"one of {name} met a bound"
        once, twice = (min(cost["seconds"] for cost in taken[at::2]) for at in (0, 1))
        growth[name] = twice / max(once, 0.05)

    grown = {name: times for name, times in growth.items() if times > GROWTH}
    assert not grown
    plainly = growth_of_one_that_looks_back()
    assert plainly > GROWTH
    trust(
        "Imports and releases",
        "Files that have a careless reader take the square of the time, once and twice as long",
        tried=f"{len(growth)} kinds of them",
        of=f"{max(growth.values()):.1f} times the time at most",
        grown_faster=len(grown),
        control=f"a pattern that begins anew at every sign took {plainly:.1f} times as long",
    )


@pytest.mark.parametrize("make", TABLE, ids=lambda make: make.__name__)
def test_twice_as_much_takes_about_twice_the_steps(make, tmp_path):
    once, twice = (
        steps(put(tmp_path / str(size), make(max(2, TABLE[make] // SMALLER) * size)))
        for size in (1, 2)
    )
    assert twice <= GROWTH * once, (once, twice)


def growth_of_one_that_looks_back() -> float:
    """Return how much longer a careless pattern takes for twice as many open brackets."""

    def seconds(size: int) -> float:
        text, began = "<" * size, monotonic()
        assert not re.findall("<[^>]*>", text)
        return monotonic() - began

    once, twice = (min(seconds(size) for _ in range(TIMES)) for size in (10_000, 20_000))
    return twice / once


def megabytes_read_plainly(folder: Path) -> int:
    """Have the standard library unpack 200 MB of one archive; return what its process took."""
    file = folder / "plainly.zip"
    file.write_bytes(b"".join(one_that_unpacks_to_much(200 * MB)))
    # Not getrusage: it counts what the process that started this one had taken.
    script = (
        "import re, sys, zipfile; zipfile.ZipFile(sys.argv[1]).read('a.txt');"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, file], capture_output=True, text=True, check=True
    )
    return int(done.stdout) // 1024


def put(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def costs(*folders: Path) -> list[dict]:
    """Return what reading each folder costs, measured in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", measured.__name__, *map(str, folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def steps(folder: Path) -> int:
    """Return how many lines of Python run while a folder is read."""
    found = 0

    def trace(frame, event, argument):
        nonlocal found
        found += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        measured.come_through(folder)
    finally:
        sys.settrace(before)
    return found
