"""Where the files of a release lie, and how they get there whole or not at all.

A published file is named by its content, ``releases/<uuid>/<sha256>/<name>``, and a
worker's draft by the worker's claim: two that both believe a release theirs can't
touch each other's drafts, and what they publish under one name is the same. The
rows that are committed at the end say which files count; ``tidy`` removes the rest.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import Storage, storages

from exports.manifest import Written
from exports.models import Release, ReleaseShard

ROOT = "releases"
_BUFFER = 2**20


def storage() -> Storage:
    """Return where releases are kept: a folder, or a bucket that all machines reach."""
    return storages["releases"]


def is_local() -> bool:
    """Tell whether releases lie in a folder, which a backup takes along."""
    return _folder() is not None


def path_of(release: Release, file: Written) -> str:
    """Return where in the storage a file is published."""
    return _path_of(release, file.name, file.sha256)


def _path_of(release: Release, name: str, sha256: str) -> str:
    return f"{ROOT}/{release.uuid}/{sha256}/{name}"


def write(release: Release, name: str, pieces: Iterable[bytes]) -> Written:
    """Publish a file of a release, once it is complete and on disk."""
    draft = f"{ROOT}/{release.uuid}/{release.epoch}-{name}.part"
    hashed = _Hashed(pieces)
    size = _write(draft, hashed, lambda: _path_of(release, name, hashed.sha256))
    return Written(name, size, hashed.sha256)


def path_of_shard(shard: ReleaseShard) -> str:
    """Return where this claim of a shard writes; no other claim does."""
    return f"{ROOT}/{shard.release.uuid}/shards/{shard.number}-{shard.epoch}.jsonl"


def write_shard(shard: ReleaseShard, pieces: Iterable[bytes]) -> int:
    """Write the lines of a shard, and return their size; they are hashed when put together."""
    path = path_of_shard(shard)
    return _write(f"{path}.part", pieces, lambda: path)


def write_to(target: Path, pieces: Iterable[bytes]) -> Written:
    """Write a file piece by piece; it has its name only when it is complete and on disk."""
    draft = target.with_name(f"{target.name}.part")
    with _removed_at_the_end(draft):
        hashed = _Hashed(pieces)
        size = _fill(draft, hashed)
        _rename(draft, target)
    return Written(target.name, size, hashed.sha256)


@contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open a file of the storage for reading."""
    with storage().open(path) as stored:
        # The file within: lines of the wrapper would end at carriage returns too.
        yield stored.file


def read(release: Release, file: Written) -> Iterator[bytes]:
    """Yield the lines of a published file."""
    with opened(path_of(release, file)) as stored:
        yield from stored


def pieces(path: str) -> Iterator[bytes]:
    """Yield a file of the storage in pieces, holding one at a time."""
    with opened(path) as stored:
        while piece := stored.read(_BUFFER):
            yield piece


def address_of(path: str, parameters: dict[str, str]) -> str | None:
    """Return where a bucket hands a file out by itself, for some minutes; ``None`` of a folder."""
    return None if _folder() else storage().url(path, parameters=parameters)


def measure(name: str, content: bytes) -> Written:
    """Say what ``write`` is going to say of ``content``."""
    return Written(name, len(content), hashlib.sha256(content).hexdigest())


def remove_shard(shard: ReleaseShard) -> None:
    """Remove what this claim of a shard has written."""
    storage().delete(path_of_shard(shard))


def tidy(release: Release, keep: Collection[str] = ()) -> None:
    """Remove everything that lies there for a release, but for the files at the paths to keep."""
    _tidy(f"{ROOT}/{release.uuid}", keep)


def _tidy(folder: str, keep: Collection[str]) -> None:
    try:
        folders, files = storage().listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        if f"{folder}/{name}" not in keep:
            storage().delete(f"{folder}/{name}")
    for name in folders:
        _tidy(f"{folder}/{name}", keep)
    # Only folders of a disk have to be removed too, and only those that are empty can be.
    with suppress(OSError):
        storage().delete(folder)


class _Hashed:
    """Pieces that are hashed while they pass through."""

    def __init__(self, pieces: Iterable[bytes]):
        self._pieces = pieces
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            yield piece

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def _write(draft: str, pieces: Iterable[bytes], path: Callable[[], str]) -> int:
    """Write a file whose ``path`` may depend on what has passed through; return its size."""
    folder = _folder()
    if folder is None:
        # Nothing can be renamed in a bucket; a file is there when it is uploaded, or not at all.
        with tempfile.NamedTemporaryFile(suffix=".part") as file:
            size = _fill(Path(file.name), pieces)
            storage().save(path(), File(file))
        return size
    part = folder / draft
    part.parent.mkdir(parents=True, exist_ok=True)
    with _removed_at_the_end(part):
        size = _fill(part, pieces)
        target = folder / path()
        target.parent.mkdir(exist_ok=True)
        _rename(part, target)
    return size


def _folder() -> Path | None:
    """Return the folder of a storage that is one."""
    try:
        return Path(storage().path(""))
    except NotImplementedError:
        return None


def _fill(draft: Path, pieces: Iterable[bytes]) -> int:
    with draft.open("wb", buffering=_BUFFER) as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


@contextmanager
def _removed_at_the_end(draft: Path) -> Iterator[None]:
    try:
        yield
    finally:
        draft.unlink(missing_ok=True)


def _rename(draft: Path, target: Path) -> None:
    os.replace(draft, target)
    # The folder may be new as well.
    for folder in (target.parent, target.parent.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
