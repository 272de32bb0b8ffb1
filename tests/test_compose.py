"""The rules of the production set-up, each for every service; no engine is needed to read it."""

import ast
import re
import shlex
import subprocess
import sys
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from workbench.celery import app

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()

OUR_PACKAGES = {"workbench", "annotations", "exports"}
ONE_SHOT = {"migrate"}
OURS = {name for name, service in SERVICES.items() if "workbench:" in service["image"]}

every_service = pytest.mark.parametrize("name", SERVICES)
every_one_of_ours = pytest.mark.parametrize("name", sorted(OURS))


def test_every_part_is_there():
    assert set(SERVICES) == {
        "postgres",
        "broker",
        "migrate",
        "web",
        "worker-imports",
        "worker-figures",
        "worker-releases",
        "sweeper",
        "nginx",
    }


@every_service
def test_nobody_is_root(name):
    user, group = SERVICES[name]["user"].split(":")

    assert int(user) > 0
    assert int(group) > 0


@every_service
def test_nobody_writes_but_to_a_volume_or_to_memory(name):
    assert SERVICES[name]["read_only"] is True
    assert "/tmp" in SERVICES[name]["tmpfs"]  # noqa: S108 -- the container's own


@every_service
def test_nobody_has_or_gets_privileges(name):
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "pid", "ipc", "network_mode", "devices"} & set(service)


@every_service
def test_nobody_holds_the_engines_socket_or_a_writable_file_of_the_host(name):
    for volume in SERVICES[name].get("volumes", []):
        source, target, *mode = volume.split(":")
        if source.startswith("."):
            assert mode == ["ro"]
            assert (ROOT / source).is_file()
        else:
            assert source in COMPOSE["volumes"]
        assert "docker.sock" not in target


@every_service
def test_only_nginx_publishes_a_port(name):
    assert ("ports" in SERVICES[name]) == (name == "nginx")


@every_service
def test_only_nginx_is_in_reach_of_the_outside(name):
    assert ("outside" in SERVICES[name]["networks"]) == (name == "nginx")
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@every_service
def test_everybody_is_started_again_and_asked_for_their_health(name):
    service = SERVICES[name]

    assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")
    assert ("healthcheck" in service) == (name not in ONE_SHOT)


@every_service
def test_nobody_waits_for_what_does_not_say_when_it_is_ready(name):
    for other, how in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert how == {"condition": wanted}


@every_service
def test_images_have_a_version(name):
    image = SERVICES[name]["image"]
    version = (
        r"annotation-workbench:\$\{VERSION:-local\}" if name in OURS else r"[a-z/-]+:\d[\w.-]*"
    )

    assert re.fullmatch(version, image)


@every_service
def test_logs_do_not_fill_the_disk(name):
    assert set(SERVICES[name]["logging"]["options"]) == {"max-size", "max-file"}


@every_service
def test_secrets_come_from_files_and_from_nowhere_else(name):
    service = SERVICES[name]
    held = set(service.get("secrets", []))
    environment = service.get("environment", {})

    for variable, value in environment.items():
        if re.search("PASSWORD|KEY|TOKEN|DATABASE_URL|OWNER_URL|BROKER_URL", variable):
            assert variable.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in held
    assert held <= set(COMPOSE["secrets"])


def test_the_secrets_are_those_that_are_made(tmp_path):
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "make-secrets"
    script.write_text((ROOT / "deploy" / "make-secrets").read_text())
    made = tmp_path / "secrets"

    subprocess.run(["sh", script], check=True)
    again = subprocess.run(["sh", script], capture_output=True, check=False)

    assert {path.name for path in made.iterdir()} == set(COMPOSE["secrets"])
    assert made.stat().st_mode & 0o777 == 0o700
    assert len((made / "secret_key").read_text()) == 64
    assert (made / "owner_password").read_text() in (made / "database_owner_url").read_text()
    assert again.returncode == 1
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"secrets/{name}"}


@every_one_of_ours
def test_only_the_migration_holds_the_owners_key(name):
    assert ("database_owner_url" in SERVICES[name]["secrets"]) == (name == "migrate")
    assert (SERVICES[name]["environment"].get("DATABASE_ROLE") == "owner") == (name == "migrate")


@every_one_of_ours
def test_nobody_starts_on_old_tables(name):
    if name not in ONE_SHOT:
        assert "migrate" in SERVICES[name]["depends_on"]


@every_one_of_ours
def test_the_command_names_what_is_there(name):
    command = SERVICES[name].get("command") or image_command()
    if command[:2] == ["python", "manage.py"]:
        assert command[2] in get_commands()
    elif command[0] == "gunicorn":
        module, _, attribute = command[1].partition(":")
        assert callable(getattr(import_module(module), attribute))
    else:
        assert command[:3] == ["celery", "--app=workbench", "worker"]


def test_every_queue_has_a_worker_and_every_task_a_queue():
    options = [option for service in SERVICES.values() for option in service.get("command", [])]
    served = [option.removeprefix("--queues=") for option in options if "--queues=" in option]
    app.loader.import_default_modules()
    tasks = [task for task in app.tasks if not task.startswith("celery.")]

    assert sorted(served) == sorted(settings.QUEUES)
    assert tasks
    for task in tasks:
        assert f"{task.partition('.')[0]}.*" in settings.CELERY_TASK_ROUTES
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} == set(
        settings.QUEUES
    )


def test_the_image_runs_as_the_user_that_compose_names():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)

    assert users == ["10001:10001"]
    assert {SERVICES[name]["user"] for name in OURS} == {"10001:10001"}


def test_the_image_installs_nothing_without_a_hash():
    installs = [
        line for line in DOCKERFILE.replace("\\\n", " ").splitlines() if "pip install" in line
    ]

    assert installs
    for line in installs:
        assert line.count("pip install") == line.count("--require-hashes")


def test_the_image_copies_what_is_there_and_nothing_that_is_left_out():
    kept = [
        line.removeprefix("!").rstrip("/")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copies = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    for copy in copies:
        *sources, _ = shlex.split(copy)
        for source in sources:
            found = [str(path.relative_to(ROOT)) for path in ROOT.glob(source)]
            assert found
            for path in found:
                assert any(Path(path).match(pattern) for pattern in kept), path


def test_the_image_has_a_library_for_everything_that_the_product_imports():
    wanted = {
        name
        for app in OUR_PACKAGES
        for path in (ROOT / app).rglob("*.py")
        for name in imported_by(path)
        if name not in sys.stdlib_module_names | OUR_PACKAGES
    }
    brings = packages_distributions()

    assert wanted >= {"django", "pyarrow", "psycopg", "trafilatura"}
    for lock in ("run", "s3"):
        lines = (ROOT / f"requirements/{lock}.txt").read_text().splitlines()
        locked = {line.partition("==")[0].lower() for line in lines}
        lacking = {
            name
            for name in wanted
            if locked.isdisjoint(one.lower().replace("_", "-") for one in brings[name])
        }
        assert lacking == set()


def imported_by(path):
    """Name the packages that a module imports, wherever it does so."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


def test_the_image_brings_its_static_files():
    assert "collectstatic" in DOCKERFILE
    assert re.search(r"STATIC_ROOT=/app/static", DOCKERFILE.rpartition("\nFROM")[2])


@pytest.mark.parametrize(
    "rule",
    [
        r"location = /metrics \{\s+return 404;",
        r"client_max_body_size 3g;",
        r"proxy_set_header Host \$http_host;",
        r"proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;",
        r"proxy_set_header X-Forwarded-Proto \$scheme_outside;",
        r"proxy_set_header X-Request-ID \$request_id;",
        r"proxy_pass http://web:8000;",
        r"location /kept/releases/ \{\s+internal;\s+alias /data/files/releases/;",
    ],
)
def test_nginx_keeps(rule):
    assert re.search(rule, NGINX)


def test_nginx_hands_out_what_the_application_sends_it_to():
    assert SERVICES["web"]["environment"]["ACCEL_REDIRECT"] == "/kept/"
    assert "data:/data:ro" in SERVICES["nginx"]["volumes"]
    assert SERVICES["nginx"]["group_add"] == [SERVICES["web"]["user"].partition(":")[2]]


def image_command():
    found = re.search(r"^CMD (\[.+\])$", DOCKERFILE.replace("\\\n", ""), re.MULTILINE)
    return yaml.safe_load(found[1])
