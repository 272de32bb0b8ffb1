"""The whole instance in one file, and back: the database, and the files that belong to it.

The archive is a tar with a manifest, a dump of the database in PostgreSQL's own format and the
folder of files. The dump is taken first: files are written before the rows that name them and
never changed, so that every row of the dump finds its file.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from workbench.services.postgres import program
from workbench.services.processes import ServiceError

FORMAT = "annotation-workbench-backup/1"
MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files"


def write(
    target: Path, *, database: dict[str, Any], files: Path, about: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Write a backup of the database and of ``files`` to ``target``, whole or not at all.

    ``about`` goes into the manifest, which is returned.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump = Path(folder) / DUMP
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={dump}", database)
        manifest = {
            "format": FORMAT,
            "made_at": at.isoformat(),
            "database": {"bytes": dump.stat().st_size, "sha256": _sha256(dump)},
            **about,
        }
        draft = Path(folder) / "archive"
        with tarfile.open(draft, "w") as archive:
            text = Path(folder) / MANIFEST
            text.write_text(json.dumps(manifest, indent=2))
            archive.add(text, MANIFEST)
            archive.add(dump, DUMP)
            if files.exists():
                archive.add(files, FILES, filter=_finished)
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
                archive.extractall(folder, filter="data")
            manifest = json.loads((Path(folder) / MANIFEST).read_text())
        except (OSError, tarfile.TarError, ValueError) as error:
            raise ServiceError(f"{source} is no backup: {error}") from error
        if manifest.get("format") != FORMAT:
            raise ServiceError(f"{source} is no backup that this version can read.")
        if _sha256(Path(folder) / DUMP) != manifest["database"]["sha256"]:
            raise ServiceError(f"{source} is damaged: the database differs from its checksum.")
        yield Path(folder), manifest


def restore(folder: Path, *, database: dict[str, Any], files: Path) -> None:
    """Put an unpacked backup in place of the owner's tables and of ``files``.

    The database is emptied and filled in one transaction: it is the old one or the new one,
    never half of each.
    """
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
    _replace_files(folder / FILES, files)


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
    return "\n".join([*drops, *(f"DROP FUNCTION {name} CASCADE;" for (name,) in routines)])


def _replace_files(new: Path, files: Path) -> None:
    """Swap the folder's content; the folder itself may be a volume and stays."""
    files.mkdir(parents=True, exist_ok=True)
    for old in files.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    if new.exists():
        shutil.copytree(new, files, dirs_exist_ok=True)


def _finished(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out files that somebody is still writing."""
    return None if member.name.endswith(".part") else member


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
