"""Install what a command needs, then run it.

Standard library only: this runs before anything is installed. What the lock files
name goes into ``.venv``, and stays until they change.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

# The test requirements hold those of the product too.
REQUIREMENTS = {"run": ["run", "test"], "test": ["test"]}
COMMANDS = {
    "run": ("run", ["-m", "workbench.services.supervisor"]),
    "manage": ("run", ["-m", "workbench.services.manage"]),
    "bench": ("test", ["-m", "bench"]),
    "test": ("test", [str(ROOT / "script" / "checks.py")]),
}


def main() -> None:
    command, *arguments = sys.argv[1:]
    needs, program = COMMANDS[command]
    install(needs)
    compile_catalogues()

    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
    )
    if folder := os.environ.get("WORKBENCH_DATA"):
        environment["WORKBENCH_DATA"] = os.path.abspath(folder)
    os.execve(PYTHON, [str(PYTHON), *program, *arguments], environment)  # noqa: S606


def install(needs: str) -> None:
    """Bring ``.venv`` up to the lock file, unless it is already."""
    if is_installed(needs):
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        # Two commands started together install once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed(needs):
            return
        say(f"Installing what {ROOT.name} needs into .venv …")
        make_venv()
        requirements = ROOT / "requirements" / f"{needs}.txt"
        options = ["--quiet", "--require-hashes", "-r", str(requirements)]
        uv = [str(PYTHON), "-m", "uv", "pip", "install", "--compile-bytecode"]
        if not succeeds([*uv, "--python", str(PYTHON), *options]):
            # uv doesn't read pip's settings, which may name the only index in reach.
            run([str(PYTHON), "-m", "pip", "install", *options])
        stamp(needs).write_text(fingerprint(needs))


def compile_catalogues() -> None:
    """Write the translations as Django reads them, unless nothing was changed since."""
    if are_compiled():
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not are_compiled():
            command = ["-m", "babel.messages.frontend", "--quiet", "compile"]
            run([str(PYTHON), *command, "--domain", "django", "--directory", str(ROOT / "locale")])


def are_compiled() -> bool:
    for source in ROOT.glob("locale/*/LC_MESSAGES/django.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            return False
    return True


def is_installed(needs: str) -> bool:
    return PYTHON.exists() and any(
        stamp(name).exists() and stamp(name).read_text() == fingerprint(name)
        for name in REQUIREMENTS[needs]
    )


def stamp(needs: str) -> Path:
    return VENV / f".installed-{needs}"


def fingerprint(needs: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / f"{needs}.txt").read_bytes()).hexdigest()


def make_venv() -> None:
    if not (PYTHON.exists() and succeeds([str(PYTHON), "-m", "pip", "--version"])):
        shutil.rmtree(VENV, ignore_errors=True)
        if succeeds([sys.executable, "-c", "import ensurepip, venv"]):
            run([sys.executable, "-m", "venv", str(VENV)])
        elif succeeds([sys.executable, "-m", "pip", "--version"]):
            run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
            run([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "-q", "pip"])
        else:
            sys.exit("Python's venv module is incomplete (on Debian: apt install python3-venv).")
    uv = ROOT / "requirements" / "uv.txt"
    run([str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(uv)])


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(command: list[str]) -> None:
    if status := subprocess.run(command, check=False).returncode:
        sys.exit(f"Installing failed (exit status {status}): {' '.join(command)}")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
