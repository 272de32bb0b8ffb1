"""What files cost a worker: ``python -m tests.annotations.importing.measured FOLDER…``.

Prints a JSON object a folder: the codes of what was refused, how many records came through the
check, the seconds of the processor, and the megabytes by which the process grew. Processes that
it started count in the seconds; what they may take is bounded apart.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from annotations.importing import formats, planning, records
from annotations.importing.archives import Archive
from annotations.importing.extraction import Extractor
from annotations.importing.problems import Problem
from annotations.importing.sources import Source, Tools, Unit
from annotations.importing.vocabulary import Vocabulary


def come_through(folder: Path) -> tuple[list[Problem], int]:
    """Read the files of a folder as an import does; return what was refused, and how many not."""
    refused: list[Problem] = []
    passed = 0
    vocabulary = Vocabulary()
    with Extractor() as extractor:
        tools = Tools(extractor.extract)
        for unit in _planned(sorted(folder.iterdir()), refused):
            formats.count(unit)
            for _, value in formats.read(unit, tools):
                try:
                    if isinstance(value, Problem):
                        raise value
                    vocabulary.add(records.check(value, default_key=unit.key))
                    passed += 1
                except Problem as problem:
                    refused.append(problem)
    return refused, passed


def _planned(paths: list[Path], refused: list[Problem]) -> list[Unit]:
    found: list[Source | Problem] = []
    for path in paths:
        if path.suffix == ".zip":
            try:
                found += Archive(path.open("rb"), path.name, None).sources()
            except Problem as problem:
                found.append(problem)
        else:
            found.append(Source(path.name, _opener(path), path.stat().st_size))
    known = list(planning.recognised(found))
    units = list(planning.plan([one for one in known if not isinstance(one, Problem)]))
    refused += [one for one in [*known, *units] if isinstance(one, Problem)]
    return [unit for unit in units if not isinstance(unit, Problem)]


def _opener(path: Path) -> Any:
    return lambda: path.open("rb")


def _memory(which: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{which}:")[2].split()[0]) / 1024


def _seconds() -> float:
    mine = resource.getrusage(resource.RUSAGE_SELF)
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def main() -> None:
    for name in sys.argv[1:]:
        Path("/proc/self/clear_refs").write_text("5")
        memory, seconds = _memory("VmRSS"), _seconds()
        refused, passed = come_through(Path(name))
        told = {
            "codes": sorted({problem.code for problem in refused}),
            "passed": passed,
            "seconds": round(_seconds() - seconds, 2),
            "megabytes": round(_memory("VmHWM") - memory, 1),
        }
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
