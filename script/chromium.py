"""Find a Chromium for the browser tests, or install one."""

import os
import shutil
import subprocess

from workbench.env import ROOT

# The first has no windows to draw and so runs the tests with a quarter less work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PACKAGES = NAMES[:2]

FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/font-cache</cachedir>
</fontconfig>
"""

START = """\
#!/bin/sh
export LD_LIBRARY_PATH='{folder}/al2023/lib' FONTCONFIG_FILE='{folder}/fonts.conf'
exec '{folder}/chromium' --headless=shell "$@"
"""


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
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.run(["apt-get", "update"], check=False, **quiet)
    for package in PACKAGES:
        install = ["apt-get", "install", "--yes", "--no-install-recommends", package]
        subprocess.run(install, check=False, **quiet)
        if found := on_path():
            return found
    return None


def from_npm() -> str | None:
    """Unpack the Chromium that comes as a package: it needs neither root nor libraries."""
    folder = ROOT / "node_modules" / ".cache" / "chromium"
    program = folder / "run"
    if not program.exists():
        shutil.rmtree(folder, ignore_errors=True)  # half of it may be there
        folder.mkdir(parents=True)
        # It unpacks into the folder for temporary files, and its libraries only for Lambda.
        environment = {"TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"}
        unpack = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();"
        try:
            subprocess.run(
                ["node", "--input-type=module", "--eval", unpack],
                cwd=ROOT,
                env=os.environ | environment,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        (folder / "fonts.conf").write_text(FONTS.format(folder=folder))
        program.write_text(START.format(folder=folder))
        program.chmod(0o755)
    return str(program)
