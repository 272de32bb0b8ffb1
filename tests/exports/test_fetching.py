"""A release over real HTTP, by the lines that its page gives people to copy."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from exports import folders
from tests.exports import reading
from tests.exports.formats import awkward
from tests.exports.worlds import published
from tests.factories import ApiTokenFactory, MemberFactory, ProjectFactory
from tests.stack import free_port

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "articles.jsonl"


@pytest.fixture
def researcher():
    return MemberFactory(project=ProjectFactory(), roles=["researcher"])


@pytest.fixture
def release(researcher):
    many = [awkward.record(f"{n:05}", "Ada Brandt met Ilvek. " * 60, spans=[]) for n in range(900)]
    release = published(researcher.project, records=many)
    for name in ("README.md", "SHA256SUMS"):
        written = folders.write(release, name, [f"What {name} says.\n".encode()])
        release.files.create(
            name=name,
            path=folders.path_of(release, written),
            bytes=written.bytes,
            sha256=written.sha256,
        )
    return release


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


def run(program, lines, token, folder):
    """Run the lines to copy; ``False`` on a machine without curl, which still looks at them."""
    commands = {
        "python": [sys.executable, "-c", lines["python"]],
        "curl": ["/bin/sh", "-c", lines["curl"]],
    }
    if program == "curl" and not shutil.which("curl"):
        # What curl refuses to do at once, and what it needs to follow a bucket's address.
        assert "-fLC - " in lines["curl"]
        assert "J" not in lines["curl"].partition(" -H ")[0]
        return False
    subprocess.run(
        commands[program], cwd=folder, env=os.environ | {"TOKEN": token}, check=True, timeout=60
    )
    return True


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "download"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("program", ["python", "curl"])
def test_the_lines_to_copy_fetch_what_is_missing(program, lines, release, token, folder):
    """One file is half there, one is whole, and one is not there at all."""
    contents = {file.name: reading.content(release, file.name) for file in release.files.all()}
    assert len(contents) == 3
    (folder / FILE).write_bytes(contents[FILE][:100_000])
    (folder / "SHA256SUMS").write_bytes(contents["SHA256SUMS"])

    if run(program, lines, token, folder):
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == contents


class Bucket(BaseHTTPRequestHandler):
    """Hands a file out, or the rest of it, and keeps what it was asked with."""

    def do_GET(self):
        self.server.asked.append(dict(self.headers))
        start = int(re.search(r"bytes=(\d+)-", self.headers.get("Range", "bytes=0-"))[1])
        rest = self.server.contents[self.path.partition("?")[0].rpartition("/")[2]][start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        total = start + len(rest)
        self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        self.wfile.write(rest)

    def log_message(self, *said):
        pass


@pytest.fixture
def bucket(release, settings):
    """Have the release's files lie in a bucket, as far as a download can tell."""
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Bucket)
    server.asked = []
    server.contents = {f.name: reading.content(release, f.name) for f in release.files.all()}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # A host of another name: a program must not show the token there.
    place = {"bucket_name": "releases", "endpoint_url": f"http://localhost:{server.server_port}"}
    keys = {"access_key": "an-id", "secret_key": "a-secret", "region_name": "us-east-1"}
    storage = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": place | keys}
    settings.STORAGES = settings.STORAGES | {"releases": storage}
    yield server
    server.shutdown()


@pytest.mark.parametrize("program", ["python", "curl"])
def test_the_lines_to_copy_follow_into_a_bucket_and_do_not_show_it_the_token(
    program, lines, release, token, folder, bucket
):
    (folder / FILE).write_bytes(bucket.contents[FILE][:100_000])

    if run(program, lines, token, folder):
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == bucket.contents
        assert [asked.get("Authorization") for asked in bucket.asked] == [None] * 3
        assert "bytes=100000-" in {asked.get("Range") for asked in bucket.asked}
