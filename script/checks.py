"""Every check and test, or only pytest with the arguments given.

All checks run, so that one run tells everything; the exit status is 0 only when all
of them went well.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from script import chromium
from workbench.env import ROOT, Instance, has_embedded_database
from workbench.services.postgres import Cluster, attached
from workbench.services.processes import ServiceError

BIN = Path(sys.executable).parent
NODE_MODULES = ROOT / "node_modules"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

# `check --deploy` looks at the settings of an instance that is served over HTTPS.
AS_DEPLOYED = {"PUBLIC_URL": "https://workbench.example"}


def main() -> int:
    os.chdir(ROOT)
    # A folder of their own: the tests' database is made to be fast, not to be kept.
    os.environ["WORKBENCH_DATA"] = str(Instance.from_environment().data / "test")
    os.environ["DATABASE_ROLE"] = "owner"
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
            return run("pytest", *arguments)
        failed = [name for name, check in checks(has_node) if not passes(name, check)]

    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


def hurry(cluster: Cluster) -> None:
    """Let the tests' database lose in a power cut what nobody will miss."""
    with cluster.connect("postgres") as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


def checks(has_node: bool) -> list[tuple[str, Callable[[], int]]]:
    """Name each check, the fast ones first and the tests last."""
    static: list[tuple[str, Callable[[], int]]] = [
        ("ruff check", lambda: run("ruff", "check")),
        ("ruff format", lambda: run("ruff", "format", "--check")),
        ("lint-imports", lambda: run("lint-imports")),
        ("mypy", lambda: run("mypy")),
        ("makemigrations", lambda: manage("makemigrations", "--check", "--dry-run")),
        ("check --deploy", lambda: manage("check", "--deploy", "--fail-level=WARNING")),
    ]
    if has_node:
        static.append(("tsc", lambda: node(NODE_MODULES / ".bin/tsc")))
        if tests := sorted((ROOT / "tests/js").glob("**/*.test.js")):
            static.append(("node --test", lambda: node("--test", "--test-reporter=spec", *tests)))
    # A file's tests stay together: some share a demo project or servers that take long to make.
    spread = ["--numprocesses=auto", "--dist=loadfile", "--no-loadscope-reorder", "--durations=15"]
    return [*static, ("pytest", lambda: run("pytest", *spread))]


def passes(name: str, check: Callable[[], int]) -> bool:
    print(f"\n── {name} " + "─" * (60 - len(name)), flush=True)
    began = time.monotonic()
    status = check()
    print(f"{'ok' if status == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
    return status == 0


def run(program: str, *arguments: str) -> int:
    return subprocess.run([BIN / program, *arguments], check=False).returncode


def manage(*arguments: str) -> int:
    command = [sys.executable, ROOT / "manage.py", *arguments]
    return subprocess.run(command, env=os.environ | AS_DEPLOYED, check=False).returncode


def node(*arguments: str | Path) -> int:
    return subprocess.run(["node", *arguments], check=False).returncode


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
