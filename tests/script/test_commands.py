"""The commands' first steps, on a machine that lacks something."""

import shutil
import subprocess

import pytest

from workbench.env import ROOT


@pytest.fixture
def bare_machine(tmp_path):
    """Return a folder of programs with little more than a shell in it."""
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name))
    return tmp_path


@pytest.mark.parametrize("command", ["run", "test", "manage"])
def test_a_missing_python_is_told_in_one_line(command, bare_machine):
    old = bare_machine / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = subprocess.run(
        [ROOT / "script" / command],
        env={"PATH": str(bare_machine), "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.11 or later is needed: install it, or set PYTHON to its path.\n"
    )


def test_commands_work_from_any_folder(tmp_path):
    done = subprocess.run(
        [ROOT / "script/manage", "check", "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_lock_files_name_no_index_and_hash_everything():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        names = [line for line in text.splitlines() if "==" in line and line[0] not in " #"]
        assert names
        assert all(line.endswith("\\") for line in names)
