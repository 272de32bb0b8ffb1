import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from workbench import env
from workbench.env import ROOT, Instance


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def settings_with(**variables):
    """Import the settings in a process of their own and return how that went."""
    return subprocess.run(
        [sys.executable, "-c", "import workbench.settings as s; print(s.SECRET_KEY)"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_socket_path_stays_short_however_deep_the_folder_is(tmp_path):
    deep = Instance(tmp_path.joinpath(*["a-rather-long-name"] * 10))

    assert len(f"{deep.postgres_sockets}/.s.PGSQL.5432") <= 107
    assert len(str(deep.broker_socket)) <= 107


def test_two_folders_have_two_addresses(tmp_path):
    first, second = Instance(tmp_path / "1"), Instance(tmp_path / "2")

    assert first.broker_url != second.broker_url
    assert first.database_url(role="x") != second.database_url(role="x")


def test_real_services_replace_the_embedded_ones(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app@db/real")
    monkeypatch.setenv("BROKER_URL", "redis://broker/0")

    assert not env.has_embedded_database()
    assert not env.has_embedded_broker()
    assert env.application_database_url() == "postgres://app@db/real"
    assert env.owner_database_url() == "postgres://app@db/real"
    assert env.broker_url() == "redis://broker/0"


def test_migrations_may_have_an_address_of_their_own(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://app@db/real")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://owner@db/real")

    assert env.owner_database_url() == "postgres://owner@db/real"


def test_the_secret_key_is_made_once_and_kept_private(own_folder):
    with ThreadPoolExecutor(8) as pool:
        keys = {key for (key,) in pool.map(lambda _: env.secret_keys(), range(32))}

    assert keys == {(own_folder / "secret.key").read_text()}
    assert (own_folder / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in own_folder.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    "text",
    ["from a file\nthe one before\n", "from a file \r\n\n\nthe one before\n"],
    ids=["plain", "gaps"],
)
def test_the_secret_key_may_come_from_a_file_with_those_of_before(text, tmp_path, monkeypatch):
    (tmp_path / "key").write_text(text)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert env.secret_keys() == ["from a file", "the one before"]


@pytest.mark.parametrize(
    "key",
    [
        "short",
        "x" * 60,
        "django-insecure-" + "abcdefghij0123456789" * 3,
        "abcdefghij0123456789" * 3 + "\nthe short one of before",
    ],
)
def test_a_weak_secret_key_is_refused(key):
    refused = settings_with(SECRET_KEY=key)

    assert refused.returncode != 0
    assert "SECRET_KEY is" in refused.stderr


def test_a_weak_secret_key_is_accepted_in_debug_mode():
    assert settings_with(SECRET_KEY="short", DEBUG="true").returncode == 0


def test_as_many_files_may_be_open_as_the_system_allows():
    program = (
        "import resource; from workbench.env import allow_many_files; "
        "_, most = resource.getrlimit(resource.RLIMIT_NOFILE); "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (50, most)); allow_many_files(); "
        "print(resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout == b"True\n"
