"""Small helpers for starting, recognising and stopping programs."""

import ctypes
import os
import signal
import sys
from pathlib import Path

import psutil

LOG_LIMIT = 10 * 2**20


class ServiceError(Exception):
    """A service can't be started; the message is one line for the person at the terminal."""


def open_log(folder: Path, name: str):
    """Open ``name``.log for appending; a log that has grown large is put aside first."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def die_with_parent() -> None:
    """Have the kernel end this process when its parent dies, ``kill -9`` included.

    Only Linux can: elsewhere the next start ends what was left behind.
    """
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGTERM)


def passable_folder(path: Path) -> Path:
    """Make a folder, if it is missing, that others may pass through but not list."""
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o711)
    return path


def private_folder(path: Path, *, mode: int = 0o700) -> None:
    """Make a folder where others may write too, or make sure that the one there is ours."""
    path.mkdir(exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.getuid():
        raise ServiceError(f"{path} belongs to somebody else: remove it and start again.")
    path.chmod(mode)


def is_running(process: psutil.Process) -> bool:
    """Tell whether the process still does anything: a zombie doesn't."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def stop(process: psutil.Process, *signals: int, patience: float = 10.0) -> None:
    """Send the signals one after the other until the process has ended."""
    for number in signals:
        try:
            process.send_signal(number)
            process.wait(patience)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        else:
            return
