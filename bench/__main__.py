"""``script/bench [NAME …] [--quick] [--json FILE]``"""

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/bench", description="Measure, and print a table."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these figures")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: to try it out")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="workbench-bench-") as folder:
        # An instance of its own; set before anything reads the settings.
        Path(folder).chmod(0o711)  # the database may run as another user
        os.environ["WORKBENCH_DATA"] = folder
        os.environ["DATABASE_ROLE"] = "owner"
        os.environ["LOG_LEVEL"] = "WARNING"
        for name in ("DATABASE_URL", "BROKER_URL", "PUBLIC_URL"):
            os.environ.pop(name, None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "workbench.settings"

        from bench.stage import Stage

        with Stage(Path(folder), is_quick=options.quick) as stage:
            # The figures import models, which are there only now.
            from bench import (
                agreement,
                copies,
                figures,
                formats,
                imports,
                keystrokes,
                load,
                queue,
                releases,
                rulings,
                scale,
            )

            parts = (
                *(figures, load, queue, scale, imports, releases, formats),
                *(keystrokes, rulings, agreement, copies),
            )
            known = {name: one for part in parts for name, one in part.FIGURES.items()}
            if unknown := [name for name in options.names if name not in known]:
                parser.error(
                    f"no figure is called {', '.join(unknown)}; there are {', '.join(known)}"
                )
            chosen = {name: known[name] for name in options.names or known}
            measured = []
            for measure in chosen.values():
                before = os.getloadavg()[0]
                found = measure(stage)
                loads = before, os.getloadavg()[0]
                measured += [
                    (row, loads) for row in (found if isinstance(found, list) else [found])
                ]
                print(".", end="", flush=True, file=sys.stderr)
            print(file=sys.stderr)

    machine = {"cpus": os.cpu_count(), "python": platform.python_version()}
    tell(measured, machine, is_quick=options.quick)
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": options.quick,
        "machine": machine,
        "figures": [row.as_json() | {"load": list(loads)} for row, loads in measured],
    }
    options.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0


def tell(measured, machine, *, is_quick):
    line = "{:44} {:>14} {:>14} {:>7}  {:10} {:9} {:>11}"
    print(line.format("figure", "measured", "floor", "ratio", "target", "", "load"))
    for row, (before, after) in measured:
        print(
            line.format(
                row.name,
                row.shown(row.figure),
                row.shown(row.floor),
                f"{row.ratio:.2f}",
                row.target_shown,
                "reached" if row.is_reached else "MISSED",
                f"{before:.1f} – {after:.1f}",
            )
        )
    print(
        f"\n{machine['cpus']} CPUs; load is that of the minute before a figure and at its end",
        end="",
    )
    print("; a quick run: not to be quoted." if is_quick else ".")


if __name__ == "__main__":
    sys.exit(main())
