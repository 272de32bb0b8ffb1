"""Where the files of a release lie, and how they get there whole or not at all.

Each claim of a release writes into a folder of its own, ``releases/<uuid>/<epoch>``:
two workers that both believe a release theirs can't touch each other's files,
and only the row that is committed at the end says which folder counts.
"""

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.files.storage import default_storage

from exports.manifest import Written
from exports.models import Release

ROOT = "releases"
_BUFFER = 2**20


def path_of(release: Release, name: str) -> str:
    """Return where in the storage a file of this claim lies."""
    return f"{ROOT}/{release.uuid}/{release.epoch}/{name}"


def write(release: Release, name: str, pieces: Iterable[bytes]) -> Written:
    """Write a file of a release as ``write_to`` does."""
    target = Path(default_storage.path(path_of(release, name)))
    target.parent.mkdir(parents=True, exist_ok=True)
    return write_to(target, pieces)


def write_to(target: Path, pieces: Iterable[bytes]) -> Written:
    """Write a file piece by piece; it has its name only when it is complete and on disk."""
    draft = target.with_name(f"{target.name}.part")
    digest = hashlib.sha256()
    size = 0
    try:
        with draft.open("wb", buffering=_BUFFER) as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    _sync(target.parent)
    return Written(target.name, size, digest.hexdigest())


def read(release: Release, name: str) -> Iterator[bytes]:
    """Yield the lines of a file that this claim has written."""
    with Path(default_storage.path(path_of(release, name))).open("rb") as file:
        yield from file


def measure(name: str, content: bytes) -> Written:
    """Say what ``write`` is going to say of ``content``."""
    return Written(name, len(content), hashlib.sha256(content).hexdigest())


def remove(release: Release) -> None:
    """Remove what this claim has written."""
    shutil.rmtree(_folder(release) / str(release.epoch), ignore_errors=True)


def remove_earlier(release: Release) -> None:
    """Remove what earlier claims left behind; a later one's folder may be the published one."""
    for folder in _folder(release).glob("*"):
        if int(folder.name) < release.epoch:
            shutil.rmtree(folder, ignore_errors=True)


def remove_all(release: Release) -> None:
    """Remove whatever was written for a release that came to nothing."""
    shutil.rmtree(_folder(release), ignore_errors=True)


def _folder(release: Release) -> Path:
    return Path(default_storage.path(f"{ROOT}/{release.uuid}"))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
