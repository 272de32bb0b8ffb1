"""A row of the table, and the ways to come to its numbers."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from workbench.env import ROOT


@dataclass(frozen=True)
class Row:
    """One figure beside its floor. Times and memory should be small, a rate large.

    The target is one of their ratio, or with ``is_absolute`` of the figure itself.
    """

    name: str
    figure: float
    floor: float
    target: float
    unit: str
    is_rate: bool = False
    is_absolute: bool = False

    @property
    def ratio(self) -> float:
        return self.figure / self.floor

    @property
    def is_reached(self) -> bool:
        measured = self.figure if self.is_absolute else self.ratio
        return measured >= self.target if self.is_rate else measured <= self.target

    @property
    def target_shown(self) -> str:
        target = self.shown(self.target) if self.is_absolute else f"{self.target:g}"
        return f"{'≥' if self.is_rate else '≤'} {target}"

    def shown(self, value: float) -> str:
        return f"{value * 1000:.2f} ms" if self.unit == "s" else f"{value:,.0f} {self.unit}"

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "figure": self.figure,
            "floor": self.floor,
            "ratio": round(self.ratio, 3),
            "target": self.target_shown,
            "reached": self.is_reached,
        }


def medians(*steps: Callable[[], object], times: int, warm_up: int = 20) -> list[float]:
    """Run the steps in turn and return the median time of each."""
    taken: list[list[float]] = [[] for _ in steps]
    for number in range(warm_up + times):
        for step, times_of_step in zip(steps, taken, strict=True):
            seconds = timed(step)
            if number >= warm_up:
                times_of_step.append(seconds)
    return [median(times_of_step) for times_of_step in taken]


def best(
    *steps: Callable[[], object], times: int, before: Callable[[], object] = lambda: None
) -> list[float]:
    """Run long steps in turn and return the shortest time of each; ``before`` each turn, what
    has to be done but is not measured."""
    taken: list[list[float]] = [[] for _ in steps]
    for _ in range(times):
        before()
        for step, times_of_step in zip(steps, taken, strict=True):
            times_of_step.append(timed(step))
    return [min(times_of_step) for times_of_step in taken]


def peak(command: list[str]) -> float:
    """Run a program; return the most memory that it took, in MB."""
    most = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        # What a process is told of its children at their end counts its own memory, too.
        while process.poll() is None:
            most = _peak_of(process.pid) or most
            sleep(0.01)
    if process.returncode:
        raise SystemExit(f"It failed: {' '.join(command[:4])}")
    return most / 1024


def _peak_of(pid: int) -> int:
    """Return the most memory that a process took until now, in kB; 0 when it has ended."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+)", status, re.MULTILINE)
    return int(found[1]) if found else 0


def timed(step: Callable[[], object]) -> float:
    began = perf_counter()
    step()
    return perf_counter() - began
