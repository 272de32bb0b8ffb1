"""The articles of ``messy/``, each with what its lines are."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("messy")
KINDS = {
    "F": "boilerplate",
    "T": "title",
    "B": "byline",
    "D": "dateline",
    "C": "caption",
    "S": "story",
}


@dataclass(frozen=True)
class Messy:
    """A text, what is known of it, and its lines as ``(start, end, kind)``."""

    name: str
    text: str
    known: dict[str, str]
    lines: list[tuple[int, int, str]]


def read(path: Path) -> Messy:
    head, body = path.read_text().split("\n---\n", 1)
    known = dict(line.split(": ", 1) for line in head.splitlines())
    pieces, lines, at = [], [], 0
    for line in body.splitlines():
        tag, _, said = line.partition("|")
        if said and tag in KINDS:
            lines.append((at, at + len(said), KINDS[tag]))
        pieces.append(said)
        at += len(said) + 1
    return Messy(path.stem, "\n".join(pieces), known, lines)


MESSY = [read(path) for path in sorted(FOLDER.glob("*_*.txt"))]
