"""What the proofs by fault tell, and the page ``docs/trust.md`` that is made of it.

A proof tells its row through the ``trust`` fixture at its end, so only one that held has a row.
``script/chaos`` keeps the rows, one file for each proof in ``docs/trust/``, and writes the page;
what did not run keeps its last row. ``python -m tests.trust`` writes the page alone.
"""

import json
import os
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from workbench.env import ROOT

PAGE = ROOT / "docs/trust.md"
ROWS = ROOT / "docs/trust"

#: The page's sections in their order.
SECTIONS = (
    "Saving",
    "Work shared out",
    "Servers that fail",
    "Imports and releases",
    "Who sees what",
    "The whole system",
)

RUNS = {"long": "long", "short": "every test"}

HEAD = """\
# What was tried, and what was lost

Written by `script/chaos`: each row is what a proof told at its end, and a proof that fails tells
none. What says **every test** runs with each `script/test`; what says **long** is left to
`script/chaos`. A **control** is the same attack on something that is not safe: it has to show a
loss, else the proof would have no teeth. At the end of a line stand the day of its run and the
commit; a `+` says that the code was being changed.
"""


class Teller:
    """Takes the row of one proof."""

    def __init__(self, proof: str, run: str):
        self.proof = proof
        self.run = run

    def __call__(
        self, section: str, what: str, *, tried: str, of: str, control: str, **found: int
    ) -> None:
        """Tell that ``what`` was tried so often, on how much, and what the control did.

        ``found`` counts what would be wrong, as in ``lost=0, doubled=0``; all must be none.

            trust(
                "Saving",
                "PostgreSQL is killed with -9 under load",
                tried="10 kills",
                of=f"{acknowledged:,} acknowledged rows",
                lost=0,
                control=f"with synchronous_commit off, {lost:,} rows were lost",
            )
        """
        assert section in SECTIONS
        assert found
        assert not any(found.values()), found
        told = {"tried": tried, "of": of, "found": list(found), "control": control}
        if is_kept():
            keep(ROWS, self.proof, section, what, {self.run: told | version()})


def is_kept() -> bool:
    """Tell whether this run's rows go to ``docs/``; an ordinary one changes nothing there."""
    return "KEEP_TRUST" in os.environ


def keep(folder: Path, proof: str, section: str, what: str, runs: dict[str, dict]) -> None:
    """Write a proof's row; a run that it does not name stays as it was."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{proof}.json"
    before = json.loads(file.read_text())["runs"] if file.exists() else {}
    row = {"section": section, "what": what, "runs": before | runs}
    file.write_text(json.dumps(row, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


@cache
def version() -> dict[str, str]:
    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
        return done.stdout.decode().strip()

    changed = "+" if git("status", "--porcelain", "--", ".", ":!docs", ":!locale") else ""
    commit = git("rev-parse", "--short=8", "HEAD") or "unknown"
    return {"on": datetime.now(UTC).date().isoformat(), "at": commit + changed}


def page(folder: Path = ROWS) -> str:
    """Return the page that the rows in ``folder`` make."""
    rows = [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))]
    parts = [HEAD]
    for section in SECTIONS:
        found = sorted((row for row in rows if row["section"] == section), key=by_what)
        if found:
            lines = ["| tried | run | how often, on what | found | control | |"]
            lines += [
                "|---|---|---|---|---|---|",
                *(line for row in found for line in lines_of(row)),
            ]
            parts.append(f"## {section}\n\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def by_what(row: dict) -> str:
    return row["what"]


def lines_of(row: dict) -> list[str]:
    """Return a row's lines in the table, the long run first."""
    lines = []
    for run, told in sorted(row["runs"].items()):
        found = ", ".join(f"0 {wrong.replace('_', ' ')}" for wrong in told["found"])
        cells = [
            row["what"] if not lines else "",
            RUNS[run],
            f"{told['tried']}, {told['of']}",
            f"**{found}**",
            told["control"],
            f"{told['on']}, `{told['at']}`",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page())
