"""Where this instance lives, read from the environment.

Without ``DATABASE_URL`` and ``BROKER_URL`` the instance uses the embedded
PostgreSQL and broker, whose addresses follow from ``WORKBENCH_DATA`` alone:
every program that knows the folder finds the same servers.
"""

import hashlib
import os
import resource
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent

APPLICATION_ROLE = "workbench"
OWNER_ROLE = "workbench_owner"
DATABASE = "workbench"


@dataclass(frozen=True)
class Instance:
    """One instance's folder, and what can be told from it."""

    data: Path

    @classmethod
    def from_environment(cls) -> "Instance":
        folder = os.environ.get("WORKBENCH_DATA")
        return cls(Path(folder).absolute() if folder else ROOT / ".local")

    @property
    def sockets(self) -> Path:
        """A short folder: the path of a unix socket may have no more than 107 bytes."""
        name = hashlib.sha256(os.fsencode(self.data.resolve())).hexdigest()[:12]
        return Path(f"/tmp/workbench-{name}")  # noqa: S108 -- made private when it is made

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "db"

    @property
    def broker_socket(self) -> Path:
        return self.sockets / "broker.sock"

    def database_url(self, *, role: str, database: str = DATABASE) -> str:
        return f"postgres://{role}@{quote(str(self.postgres_sockets), safe='')}/{database}"

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{self.broker_socket}"


def secret(name: str) -> str:
    """Return what the variable says, or the file that ``NAME_FILE`` names; else nothing."""
    if value := os.environ.get(name):
        return value
    named = os.environ.get(f"{name}_FILE")
    return Path(named).read_text().strip() if named else ""


def has_embedded_database() -> bool:
    return not secret("DATABASE_URL")


def has_embedded_broker() -> bool:
    return not secret("BROKER_URL")


def application_database_url() -> str:
    """Return the address that the web server, the worker and most commands use."""
    url = secret("DATABASE_URL")
    return url or Instance.from_environment().database_url(role=APPLICATION_ROLE)


def owner_database_url() -> str:
    """Return the address of the role that owns the tables: for migrations and tests."""
    url = secret("DATABASE_OWNER_URL") or secret("DATABASE_URL")
    return url or Instance.from_environment().database_url(role=OWNER_ROLE)


def broker_url() -> str:
    return secret("BROKER_URL") or Instance.from_environment().broker_url


def secret_keys() -> list[str]:
    """Return the keys from ``SECRET_KEY``, ``SECRET_KEY_FILE`` or the instance's own file.

    Each stands on a line: the first is in use, and what was made with another is still understood.
    The file is made once, with a random key, when neither variable is given.
    """
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return _lines(secret("SECRET_KEY")) or [""]
    path = Instance.from_environment().data / "secret.key"
    if not path.exists():
        write_once(path, secrets.token_urlsafe(64))
    return _lines(path.read_text())


def _lines(text: str) -> list[str]:
    """Leave empty lines out: an empty key would be one that everybody has."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def write_once(path: Path, text: str) -> None:
    """Write a private file whole, unless another process has written it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def allow_many_files(**_: object) -> None:
    """Raise the limit on open files: a folder of pages is a file each while it comes in."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
