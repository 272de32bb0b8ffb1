"""Every check and test, or only pytest with the arguments given.

All checks run, so that one run tells everything; the exit status is 0 only when all
of them went well.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from script import chromium
from workbench.env import ROOT, Instance, has_embedded_database
from workbench.services.postgres import Cluster, attached
from workbench.services.processes import ServiceError

BIN = Path(sys.executable).parent
NODE_MODULES = ROOT / "node_modules"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

MARK = "pytest.mark.stack"

Command = Sequence[str | Path]
Check = tuple[str, Command]

# One more than there are cores, because who drives a browser or waits for a server needs none.
# Each process begins with a stretch of its own, so that the tests of a file stay together where
# they share a world; who is done first takes over half of what another has left.
TESTS: Check = (
    "pytest",
    [
        BIN / "pytest",
        "-m not stack and not slow",
        f"--numprocesses={(os.cpu_count() or 1) + 1}",
        "--dist=worksteal",
        "--durations=15",
    ],
)
# By their files: to collect all tests for so few takes longer than many of them do.
SERVERS: Check = (
    "pytest -m stack",
    [
        *[BIN / "pytest", "-m stack and not slow", "--durations=15"],
        *[file for file in sorted(ROOT.glob("tests/**/test_*.py")) if MARK in file.read_text()],
    ],
)

# `check --deploy` looks at the settings of an instance that is served over HTTPS.
AS_DEPLOYED = {"PUBLIC_URL": "https://workbench.example"}


def main() -> int:
    os.chdir(ROOT)
    # A folder of their own: the tests' database is made to be fast, not to be kept.
    os.environ["WORKBENCH_DATA"] = str(Instance.from_environment().data / "test")
    os.environ["DATABASE_ROLE"] = "owner"
    # The tests start Python many times; what it has compiled saves a second each.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    arguments = sys.argv[1:]

    with ExitStack() as services:
        if has_embedded_database():
            try:
                hurry(services.enter_context(attached(Instance.from_environment())))
            except ServiceError as error:
                print(error, file=sys.stderr)
                return 1
        has_node = install_node_modules()
        chromium.provide()
        if arguments:
            return subprocess.run([BIN / "pytest", *arguments], check=False).returncode
        failed = [name for name, went_well in answers(has_node) if not went_well]

    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


def hurry(cluster: Cluster) -> None:
    """Let the tests' database lose in a power cut, and leave untidy, what nobody will miss."""
    with cluster.connect("postgres") as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def answers(has_node: bool) -> list[tuple[str, bool]]:
    """Run the tests, and beside them what leaves a core to them most of the time."""
    others = [*checks(has_node), SERVERS]
    beside = ThreadPoolExecutor(max_workers=1)
    try:
        told = beside.map(lambda check: passes(*check), others)
        tests = (TESTS[0], passes(*TESTS, is_shown=True))
        return [tests, *zip([name for name, _ in others], told, strict=True)]
    finally:
        beside.shutdown(cancel_futures=True)


def checks(has_node: bool) -> list[Check]:
    """Name each check that runs nothing of the product, the fast ones first."""
    manage = [sys.executable, ROOT / "manage.py"]
    static: list[Check] = [
        ("ruff check", [BIN / "ruff", "check"]),
        ("ruff format", [BIN / "ruff", "format", "--check"]),
        ("lint-imports", [BIN / "lint-imports"]),
        ("mypy", [BIN / "mypy"]),
        ("makemigrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("check --deploy", [*manage, "check", "--deploy", "--fail-level=WARNING"]),
    ]
    if has_node:
        static.append(("tsc", [NODE_MODULES / ".bin/tsc"]))
        if tests := sorted((ROOT / "tests/js").glob("**/*.test.js")):
            static.append(("node --test", ["node", "--test", "--test-reporter=spec", *tests]))
    return static


def passes(name: str, command: Command, *, is_shown: bool = False) -> bool:
    """Run a check; what it says is shown as it comes, or else when all of it is there."""
    headline = f"\n── {name} " + "─" * (60 - len(name))
    if is_shown:
        print(headline, flush=True)
    began = time.monotonic()
    done = subprocess.run(
        command,
        env=os.environ | AS_DEPLOYED if "--deploy" in command else None,
        stdout=None if is_shown else subprocess.PIPE,
        stderr=None if is_shown else subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    verdict += f" in {time.monotonic() - began:.1f} s"
    print(verdict if is_shown else f"{headline}\n{done.stdout}{verdict}", flush=True)
    return done.returncode == 0


def install_node_modules() -> bool:
    """Install what the JavaScript checks need, and tell whether they can run."""
    stamp = NODE_MODULES / ".installed"
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    try:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], check=True)
    except (OSError, subprocess.CalledProcessError):
        print("The JavaScript checks can't run: they need node 20 or later, with npm.")
        if IN_CI:
            sys.exit(1)
        return False
    stamp.write_text(wanted)
    return True


if __name__ == "__main__":
    sys.exit(main())
