"""The whole instance in one file, and back: the database, and the files that belong to it.

The archive is a tar of a dump of the database in PostgreSQL's own format, the folder of files,
and a manifest with the checksum of each. The dump is taken first: files are written before the
rows that name them and never changed, so that every row of the dump finds its file.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from workbench.services.postgres import program
from workbench.services.processes import ServiceError

FORMAT = "annotation-workbench-backup/2"
#: The first did not know the checksums of files.
FORMATS = {"annotation-workbench-backup/1", FORMAT}
MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files"
#: So long a restore waits for sessions that use the tables which it is going to drop.
PATIENCE = "30s"


def write(
    target: Path,
    *,
    database: dict[str, Any],
    snapshot: str,
    files: Path,
    about: dict[str, Any],
    at: datetime,
) -> dict[str, Any]:
    """Write a backup of the database and of ``files`` to ``target``, whole or not at all.

    The database is taken as the exported ``snapshot`` shows it. ``about`` goes into the
    manifest, which is returned.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DUMP
        options = ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={snapshot}"]
        _run("pg_dump", *options, f"--file={dump}", database)
        draft = Path(folder) / "archive"
        with tarfile.open(draft, "w") as archive:
            archive.add(dump, DUMP)
            manifest = {
                "format": FORMAT,
                "made_at": at.isoformat(),
                "database": {"bytes": dump.stat().st_size, "sha256": _sha256(dump)},
                "files": dict(_archived(files, archive)),
                **about,
            }
            text = Path(folder) / MANIFEST
            text.write_text(json.dumps(manifest, indent=2))
            archive.add(text, MANIFEST)
        draft.chmod(0o600)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(target)
    return manifest


@contextmanager
def opened(source: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Unpack a backup beside itself and check it; give its folder and its manifest."""
    with tempfile.TemporaryDirectory(dir=source.parent, prefix=".restore-") as folder:
        try:
            with tarfile.open(source, "r:") as archive:
                _unpack(archive, Path(folder))
            manifest = json.loads((Path(folder) / MANIFEST).read_text())
        except (OSError, tarfile.TarError, ValueError) as error:
            raise ServiceError(f"{source} is no backup: {error}") from error
        if manifest.get("format") not in FORMATS:
            raise ServiceError(f"{source} is no backup that this version can read.")
        if fault := next(_faults(Path(folder), manifest), None):
            raise ServiceError(f"{source} is damaged: {fault}.")
        yield Path(folder), manifest


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Write the files of an archive into a folder; whatever else a backup never holds is refused.

    ``tarfile`` has a filter that does so only since Python 3.11.4.
    """
    for member in archive:
        path = folder / member.name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise tarfile.TarError(f"{member.name} leads out of it")
        if member.isdir():
            continue
        packed = archive.extractfile(member) if member.isfile() else None
        if packed is None:
            raise tarfile.TarError(f"{member.name} is no file")
        path.parent.mkdir(parents=True, exist_ok=True)
        with packed, path.open("wb") as file:
            shutil.copyfileobj(packed, file)


def _faults(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Name what is in the archive and is not what the manifest says."""
    wanted = {DUMP: manifest["database"]}
    wanted |= {f"{FILES}/{path}": said for path, said in manifest.get("files", {}).items()}
    for path, said in wanted.items():
        name = "the database" if path == DUMP else path
        if not (folder / path).is_file():
            yield f"{name} is missing"
        elif _sha256(folder / path) != said["sha256"]:
            yield f"{name} differs from its checksum"


def restore(folder: Path, *, database: dict[str, Any], files: Path) -> None:
    """Put an unpacked backup in place of the owner's tables and of ``files``.

    The database is emptied and filled in one transaction: it is the old one or the new one,
    never half of each. Files come before it and go after it, so that each of both has its own.
    """
    _bring(folder / FILES, files)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        script = Path(place) / "restore.sql"
        # --no-owner: everything belongs to whoever restores, who is to be the owner.
        _run("pg_restore", "--no-owner", "--no-acl", f"--file={script}", folder / DUMP)
        empty = Path(place) / "empty.sql"
        empty.write_text(_emptying(database))
        _run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            f"--file={empty}",
            f"--file={script}",
            "--output=/dev/null",
            database,
        )
    _remove_others(folder / FILES, files)


def _emptying(database: dict[str, Any]) -> str:
    """Return the statements that drop every table, function and sequence of the owner."""
    with psycopg.connect(_url(database)) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        routines = connection.execute(
            "SELECT oid::regprocedure::text FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole"
        ).fetchall()
        drops = [
            sql.SQL("DROP TABLE public.{} CASCADE;").format(sql.Identifier(name)).as_string()
            for (name,) in tables
        ]
    drops.insert(0, f"SET LOCAL lock_timeout = '{PATIENCE}';")
    return "\n".join([*drops, *(f"DROP FUNCTION {name} CASCADE;" for (name,) in routines)])


def _archived(files: Path, archive: tarfile.TarFile) -> Iterator[tuple[str, dict[str, Any]]]:
    """Put every finished file into the archive, and tell its path, its size and its checksum."""
    for path in sorted(files.rglob("*")):
        # Others go on working: what is gone by now was nobody's yet, or is nobody's any more.
        with suppress(FileNotFoundError):
            if path.suffix == ".part" or not path.is_file():
                continue
            name = str(path.relative_to(files))
            with path.open("rb") as file:
                member = archive.gettarinfo(arcname=f"{FILES}/{name}", fileobj=file)
                read = _Digested(file)
                archive.addfile(member, read)
            yield name, {"bytes": member.size, "sha256": read.digest.hexdigest()}


class _Digested:
    """A file that is digested while it is read."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def _bring(new: Path, files: Path) -> None:
    """Copy what is new beside what is there; a disk that is full shows before anything is lost."""
    for path in new.rglob("*"):
        target = files / path.relative_to(new)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f"{target.name}.part")
            shutil.copy2(path, draft)
            draft.replace(target)


def _remove_others(new: Path, files: Path) -> None:
    """Remove what is not among the new; the folder itself may be a volume and stays."""
    # The deepest first, so that folders are empty when their turn comes.
    for path in sorted(files.rglob("*"), reverse=True):
        if not (new / path.relative_to(files)).exists():
            path.rmdir() if path.is_dir() else path.unlink()


def _run(name: str, *arguments: Any) -> None:
    """Run one of PostgreSQL's programs; a database among the arguments becomes its address."""
    command = [str(program(name)), *(_address(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServiceError(f"{name} failed: {done.stderr.strip()[-2000:]}")


def _address(argument: Any) -> str:
    return f"--dbname={_url(argument)}" if isinstance(argument, dict) else str(argument)


def _url(database: dict[str, Any]) -> str:
    """Write Django's settings of a database as one address, as PostgreSQL's programs take it."""
    where = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"]}
    where |= {"password": database["PASSWORD"]}
    given = {name: str(value) for name, value in where.items() if value}
    return f"postgresql:///{quote(database['NAME'])}?{urlencode(given, quote_via=quote)}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
