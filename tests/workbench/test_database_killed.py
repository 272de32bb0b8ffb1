"""The database of a whole instance, killed while coders save through the web server."""

import json
import shutil
import urllib.request
from contextlib import suppress

import psutil
import pytest

from tests.instance import running
from tests.saving import Coder, at_work, save_more, saved_by
from workbench.services.postgres import Cluster

KILLS = 10


@pytest.mark.stack
@pytest.mark.slow
def test_a_database_killed_beneath_the_product_loses_no_acknowledged_span(tmp_path, trust):
    with running(tmp_path / "instance") as run:
        acknowledged, lost, doubled = saved_while_killed(run)
        assert (lost, doubled) == (0, 0)

        with Cluster(run.instance).connect("postgres") as superuser:
            superuser.execute("ALTER SYSTEM SET synchronous_commit = off")
            superuser.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
            superuser.execute("SELECT pg_reload_conf()")
        unsafe, control, _ = saved_while_killed(run)
        assert control > 0
    shutil.rmtree(Cluster(run.instance).data)
    trust(
        "Saving",
        "PostgreSQL is killed with -9 while coders save through the web server",
        tried=f"{KILLS} kills",
        of=f"{acknowledged:,} acknowledged spans",
        control=f"with synchronous_commit off, {control:,} of {unsafe:,} were lost",
        lost=lost,
        doubled=doubled,
    )


def saved_while_killed(run):
    """Kill the database again and again; return how many spans were saved, lost and doubled."""
    accounts = json.loads((run.instance.data / "demo.json").read_text())["users"]
    tokens = [accounts[name]["token"] for name in ("coder1", "coder2")]
    works = [call(run, "/projects/demo/next/", token, method="POST") for token in tokens]
    before = [ids_in(work) for work in works]
    with at_work(list(map(coder_of, [run] * 2, works, tokens))) as coders:
        for _ in range(KILLS):
            save_more(coders)
            kill_database(run)
        save_more(coders)

    lost = doubled = 0
    for coder, token, earlier in zip(coders, tokens, before, strict=True):
        stored = ids_in(call(run, f"/assignments/{coder.work}/", token)) - earlier
        lost += len(set(coder.acknowledged) - stored)
        doubled += len(stored - set(coder.acknowledged))
    return saved_by(coders), lost, doubled


def coder_of(run, work, token):
    return Coder(
        f"http://127.0.0.1:{run.port}",
        work["id"],
        token.removeprefix("wbt_"),
        text_sha256=work["article"]["text_sha256"],
        codebook_version=work["codebook"]["version"],
        length=len(work["article"]["text"]),
    )


def ids_in(work):
    return {span["id"] for span in work["spans"]}


def call(run, path, token, method="GET"):
    address = f"http://127.0.0.1:{run.port}/api/v1{path}"
    headers = {"Authorization": f"Bearer {token}"}
    request = urllib.request.Request(address, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def kill_database(run):
    server = Cluster(run.instance).postmaster()
    for process in [server, *server.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            process.kill()
