"""How much of a page's story the reader of pages finds: ``python -m bench.story_text FOLDER``.

The folder holds ``ground-truth.json`` (``{id: {"articleBody": …}}``) and ``html/<id>.html.gz``. A
page's score is the F1 of the runs of four words that the text found and the true one share; the
figure is the mean. Also told are the slowest page and the worst.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

TARGET = 0.955
LONGEST = 2.0
_RUN = 4


def f1(found: str, true: str) -> float:
    """Return the F1 of the runs of four words, each counted as often as it is there."""
    ours, theirs = _runs(found), _runs(true)
    shared = (ours & theirs).total()
    if not shared:
        return float(not ours and not theirs)
    return 2 * shared / (ours.total() + theirs.total())


def pages(folder: Path) -> dict[str, tuple[bytes, str]]:
    """Return the pages of a folder with their true texts."""
    truth = json.loads((folder / "ground-truth.json").read_text())
    return {
        name: (
            gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()),
            known["articleBody"],
        )
        for name, known in truth.items()
    }


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if len(words) < _RUN:
        return Counter([tuple(words)] if words else [])
    return Counter(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def main() -> int:
    from annotations.importing import decoding
    from annotations.importing.extraction import Extractor

    parser = argparse.ArgumentParser(description="Measure the story text of web pages.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    scores, times = {}, {}
    with Extractor() as extractor:
        extractor.extract("<p>The process starts with its first page.</p>")
        for name, (data, true) in pages(folder).items():
            started = time.perf_counter()
            found = extractor.extract(decoding.decode(data).text)
            times[name] = time.perf_counter() - started
            scores[name] = f1(found["text"], true)
    mean = sum(scores.values()) / len(scores)
    slowest = max(times, key=times.__getitem__)
    worst = sorted(scores, key=scores.__getitem__)[:5]
    print(f"mean F1 {mean:.4f} over {len(scores)} pages, target {TARGET}")
    print(f"slowest page {times[slowest]:.2f} s, target {LONGEST} ({slowest[:8]})")
    print("worst:", ", ".join(f"{name[:8]} {scores[name]:.2f}" for name in worst))
    return 0 if mean >= TARGET and times[slowest] <= LONGEST else 1


if __name__ == "__main__":
    sys.exit(main())
