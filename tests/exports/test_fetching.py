"""A release over real HTTP, by the lines that its page gives people to copy."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from html import unescape

import pytest

from tests.exports import reading
from tests.exports.formats import awkward
from tests.exports.worlds import published
from tests.factories import ApiTokenFactory, MemberFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "articles.jsonl"


@pytest.fixture
def researcher():
    return MemberFactory(project=ProjectFactory(), roles=["researcher"])


@pytest.fixture
def release(researcher):
    many = [awkward.record(f"{n:05}", "Ada Brandt met Ilvek. " * 60, spans=[]) for n in range(900)]
    return published(researcher.project, records=many)


@pytest.fixture
def token(researcher):
    ApiTokenFactory(user=researcher.user, name="key", scopes=["releases"])
    return "wbt_key"


@pytest.fixture
def lines(release, researcher, client, live_server):
    """Return what the page has to be copied, by the program that runs it."""
    client.force_login(researcher.user)
    host = live_server.url.removeprefix("http://")
    page = client.get(f"/releases/{release.uuid}/", headers={"Host": host}).content.decode()
    found = re.findall('<code id="fetch-by-([a-z]+)">(.*?)</code>', page, re.DOTALL)
    return {program: unescape(text) for program, text in found}


def asked(url, token, **headers):
    """Return status, headers and bytes."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers["Authorization"] = f"Bearer {token}"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def test_any_part_is_served_as_http_has_it(release, live_server, token):
    url = f"{live_server.url}/api/v1/releases/{release.uuid}/files/{FILE}"
    whole = reading.content(release)
    size = len(whole)
    etag = f'"{hashlib.sha256(whole).hexdigest()}"'

    for header, status, content in (
        ({}, 200, whole),
        ({"Range": "bytes=0-0"}, 206, whole[:1]),
        ({"Range": "bytes=1000-"}, 206, whole[1000:]),
        ({"Range": "bytes=-7"}, 206, whole[-7:]),
        ({"Range": "bytes=1000-", "If_Range": etag}, 206, whole[1000:]),
        ({"Range": "bytes=1000-", "If_Range": f"W/{etag}"}, 200, whole),
        ({"Range": "bytes=1000-", "If_Range": '"another"'}, 200, whole),
    ):
        code, headers, body = asked(url, token, **header)
        assert (code, body == content, headers["ETag"]) == (status, True, etag), header
        assert headers["Content-Length"] == str(len(content))
        start = size - len(content) if header.get("Range") != "bytes=0-0" else 0
        expected = f"bytes {start}-{start + len(content) - 1}/{size}" if status == 206 else None
        assert headers["Content-Range"] == expected

    code, headers, body = asked(url, token, Range=f"bytes={size}-")
    assert (code, headers["Content-Range"]) == (416, f"bytes */{size}")
    assert json.loads(body)["code"] == "range_not_satisfiable"
    assert asked(url, token, If_None_Match=etag)[0] == 304
    assert asked(url, "wbt_other")[0] == 401


@pytest.mark.parametrize("program", ["python", "curl"])
def test_the_lines_to_copy_fetch_what_is_missing(program, lines, release, token, tmp_path):
    folder = tmp_path / "download"
    folder.mkdir()
    whole = reading.content(release)
    (folder / FILE).write_bytes(whole[:100_000])
    commands = {
        "python": [sys.executable, "-c", lines["python"]],
        "curl": ["/bin/sh", "-c", lines["curl"]],
    }
    if program == "curl" and not shutil.which("curl"):
        # A machine without curl can still tell what curl refuses to do at once.
        assert "-C -" in lines["curl"]
        assert "J" not in lines["curl"].partition(" -H ")[0]
        return

    subprocess.run(
        commands[program], cwd=folder, env=os.environ | {"TOKEN": token}, check=True, timeout=60
    )

    assert {path.name: path.read_bytes() == whole for path in folder.iterdir()} == {FILE: True}


def test_python_run_again_fetches_nothing(lines, release, token, tmp_path):
    (tmp_path / FILE).write_bytes(reading.content(release))

    again = subprocess.run(
        [sys.executable, "-c", lines["python"]],
        cwd=tmp_path,
        env=os.environ | {"TOKEN": token},
        check=True,
        timeout=60,
    )

    assert again.returncode == 0
    assert (tmp_path / FILE).read_bytes() == reading.content(release)
