"""Find a Chromium for the browser tests, or install one."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")


def provide() -> None:
    """Set ``CHROMIUM`` to a browser that runs here, or say in one line what is missing."""
    if os.environ.get("CHROMIUM"):
        return
    if found := on_path() or from_apt() or from_npm():
        os.environ["CHROMIUM"] = found
    else:
        print("The browser tests can't run: install Chromium (as root: apt install chromium).")


def on_path() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def from_apt() -> str | None:
    if os.getuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Chromium with apt …", flush=True)
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    }
    for command in (["apt-get", "update"], install):
        subprocess.run(command, check=False, **quiet)
    return on_path()


def from_npm() -> str | None:
    return None
