"""Many coders at once, through sessions, permissions and audit, as their browsers ask.

The clients run on the machine that they load, and have their share of its processors.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from time import monotonic, sleep

import psutil
from django.db import connection

from annotations.enums import Strategy
from annotations.models import SpanOp
from bench import coders, imports, releases
from bench.projects import make_project
from bench.rows import Row
from bench.stage import Stage
from workbench import priority
from workbench.env import ROOT

AT_ONCE = 16
CROWD = 500
IMPORTED = 50_000
PAUSE = 5.0  # seconds between two saves of one of the crowd
WARM_UP = 1.0

Step = Callable[[coders.Desk], object]


@dataclass(frozen=True)
class Taken:
    """How long each of many calls took, in seconds, and for how long they were made."""

    times: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    @property
    def slow(self) -> float:
        """The time that 95 of 100 calls stayed below."""
        return sorted(self.times)[ceil(0.95 * len(self.times)) - 1]


def saves(stage: Stage) -> list[Row]:
    """Spans saved by 16 coders at once, against calls that do nothing by the same."""
    desks = coders.many(stage, "many-save", coders=AT_ONCE, articles=1)
    for desk in desks:
        desk.next()
    saved, nothing = _in_turn(stage, desks, coders.Desk.save)
    return [
        _rate(f"spans saved by {AT_ONCE} at once", saved, nothing, target=250),
        Row(
            "… 95 of 100 of them within",
            *(saved.slow, nothing.slow),
            target=0.150,
            unit="s",
            is_absolute=True,
        ),
    ]


def articles(stage: Stage) -> list[Row]:
    """Articles drawn from a pool and tagged once, and articles handed in as well.

    A coder is given the same article again until it is done. What the first figure counts is
    to draw and to save, so there one UPDATE past the server does away with the article; it and
    its triggers are in the time. The second hands in as coders do, which makes cards and gold.
    The least that both are held against are calls that do nothing by the same 16.
    """

    def draw(desk: coders.Desk) -> None:
        desk.next()
        desk.save()
        desk.set_aside()

    def code(desk: coders.Desk) -> None:
        desk.next()
        desk.save()
        desk.hand_in()

    def pool(slug: str) -> list[coders.Desk]:
        number = stage.times(200)
        return coders.many(stage, slug, coders=AT_ONCE, articles=number, strategy=Strategy.POOL)

    drawn, nothing = _in_turn(stage, pool("many-next"), draw)
    coded, nothing_again = _in_turn(stage, pool("many-coded"), code)
    return [
        _rate(f"articles drawn and tagged by {AT_ONCE} at once", drawn, nothing, target=120),
        _rate("… and handed in", coded, nothing_again, target=12),
    ]


def openings(stage: Stage) -> Row:
    """Articles opened, the page and what it asks for, against calls that do nothing."""

    def step(desk: coders.Desk) -> None:
        desk.client.fetch(f"/assignments/{desk.work['id']}/")
        desk.client.call("GET", f"assignments/{desk.work['id']}/")

    desks = coders.many(stage, "many-open", coders=AT_ONCE, articles=1)
    for desk in desks:
        desk.next()
        desk.save()
    opened, nothing = _in_turn(stage, desks, step)
    return _rate(f"articles opened by {AT_ONCE} at once", opened, nothing, target=150)


def crowd(stage: Stage) -> list[Row]:
    """500 coders who save every 5 s, alone and beside an import and a release, against both.

    A save is late from when it was due, not from when it was sent. All that was acknowledged
    is counted in the database afterwards.
    """
    number = stage.times(CROWD)
    desks = coders.many(stage, "crowd", coders=number, articles=1)
    for desk in desks:
        desk.next()
    large = releases.corpus("release", stage.times(releases.ARTICLES))
    make_project("crowd-import")

    _save_while(desks, _for_seconds(stage.times(60)))
    memory = [_memory(stage)]
    alone = _save_while(desks, _for_seconds(stage.times(300)))
    with tempfile.TemporaryDirectory() as folder:
        file = imports.write(Path(folder) / "articles.jsonl", stage.times(IMPORTED))
        jobs = [
            _manage("import_articles", "crowd-import", str(file)),
            _manage("build_release", large.slug, "--name=crowd"),
        ]
        beside = _save_while(desks, lambda: any(job.poll() is None for job in jobs))
    if any(job.returncode for job in jobs):
        raise SystemExit("The import or the release failed.")
    memory.append(_memory(stage))
    kept = SpanOp.objects.filter(assignment__task__batch__project__slug="crowd").count()
    acknowledged = sum(desk.saved for desk in desks)
    if kept != acknowledged:
        raise SystemExit(f"{acknowledged} saves were acknowledged, {kept} are there.")
    return [
        Row(
            f"95 of 100 saves of {number} coders within",
            *(alone.slow, min(alone.times)),
            target=0.3,
            unit="s",
            is_absolute=True,
        ),
        # Fewer than are due: the machine can't follow, and what waits is what is measured above.
        Row(
            "… of those due each second",
            *(alone.rate, number / PAUSE),
            target=0.95,
            unit="/s",
            is_rate=True,
        ),
        Row("… beside an import and a release", beside.slow, alone.slow, target=3, unit="s"),
        Row("… memory of the web server since", *reversed(memory), target=1.01, unit="MB"),
    ]


FIGURES: dict[str, Callable[[Stage], Row | list[Row]]] = {
    "saves": saves,
    "articles": articles,
    "openings": openings,
    "crowd": crowd,
}


def _rate(name: str, done: Taken, floor: Taken, *, target: float) -> Row:
    rates = done.rate, floor.rate
    return Row(name, *rates, target=target, unit="/s", is_rate=True, is_absolute=True)


def _in_turn(stage: Stage, desks: list[coders.Desk], step: Step) -> list[Taken]:
    """Have all desks repeat ``step``, and then the step that does nothing, for 10 s each."""
    both = step, coders.Desk.do_nothing
    return [_repeat(desks, each, seconds=stage.times(10)) for each in both]


def _repeat(desks: list[coders.Desk], step: Step, *, seconds: float) -> Taken:
    """Have each desk do ``step`` again as soon as it is done."""
    began = monotonic() + WARM_UP

    def run(desk: coders.Desk) -> list[float]:
        times = []
        while (now := monotonic()) < began + seconds:
            step(desk)
            if now >= began:
                times.append(monotonic() - now)
        connection.close()
        return times

    return Taken(_together(desks, run), seconds)


def _save_while(desks: list[coders.Desk], goes_on: Callable[[], bool]) -> Taken:
    """Have each desk save every ``PAUSE`` seconds, begun at a moment of its own."""
    began = monotonic()

    def run(desk: coders.Desk) -> list[float]:
        times = []
        due = began + random.random() * PAUSE
        while goes_on():
            sleep(max(0, due - monotonic()))
            desk.save()
            times.append(monotonic() - due)
            due += PAUSE
        return times

    return Taken(_together(desks, run), monotonic() - began)


def _for_seconds(seconds: float) -> Callable[[], bool]:
    end = monotonic() + seconds
    return lambda: monotonic() < end


def _manage(*command: str) -> subprocess.Popen:
    """Run a command as a worker does its work: behind those who wait at a page."""
    nicely = ["nice", "-n", str(priority.BEHIND), sys.executable]
    return subprocess.Popen([*nicely, "manage.py", *command], cwd=ROOT, stdout=subprocess.DEVNULL)


def _together(desks: list[coders.Desk], run: Callable[[coders.Desk], list[float]]) -> list[float]:
    with ThreadPoolExecutor(len(desks)) as threads:
        return [time for times in threads.map(run, desks) for time in times]


def _memory(stage: Stage) -> float:
    """Return how much memory the web server's processes have of their own, in MB."""
    family = psutil.Process(stage.web_pid).children(recursive=True)
    return sum(process.memory_full_info().uss for process in family) / 2**20
