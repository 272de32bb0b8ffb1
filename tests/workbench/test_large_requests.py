"""What is too large is refused while it is sent, before it has cost anything."""

import socket
import time
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from select import select

import pytest

from annotations.enums import Role
from tests.factories import ApiTokenFactory, MemberFactory
from tests.stack import family

SECONDS = 1.0
MEGABYTES = 64
TWO_GIGABYTES = 2 * 10**9
#: How much is sent where nobody refuses it.
MOST = 40 * 2**20
#: What lies between client and server, in buffers of the system, whatever the server does.
BUFFERED = 16 * 2**20

FORM = "Content-Type: multipart/form-data; boundary=b"
JSON = "Content-Type: application/json"
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
PIECE = b"x" * 2**16
CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.stack
def test_nobody_has_the_server_take_in_two_gigabytes_that_it_does_not_want(stack, trust):
    admin = MemberFactory(roles=[Role.ADMIN])
    token = f"Authorization: Bearer wbt_{ApiTokenFactory(user=admin.user).name}"
    stranger = f"Cookie: csrftoken={'c' * 32}"
    files = f"/api/v1/projects/{admin.project.slug}/imports/"
    page = f"/projects/{admin.project.slug}/imports/"
    long = f"Content-Length: {TWO_GIGABYTES}"
    refused = [
        (413, files, token, FORM, f"Content-Length: {2**31 + 1}"),
        (413, "/api/v1/projects/", token, JSON, long),
        (422, files, token, FORM, CHUNKED),
        (422, "/api/v1/projects/", token, JSON, CHUNKED),
        (401, files, stranger, FORM, long),
        (302, page, stranger, FORM, long),
        (413, "/sign-in/", stranger, FORM, long),
        (403, "/sign-in/", stranger, FORM, CHUNKED),
    ]

    with grown(stack) as megabytes:
        answers = [sent(stack, *request) for _, *request in refused]
        *_, taken = sent(stack, files, token, FORM, long)

    assert [status for status, *_ in answers] == [status for status, *_ in refused]
    assert taken >= MOST
    trust(
        "Imports and releases",
        "Somebody begins to send 2 GB, or on and on without saying how much, and may not",
        tried=f"{len(refused)} ways to send it",
        of=f"the server grew by {max(megabytes):.0f} MB at most",
        control=f"of files that an admin may send, all {taken >> 20} MB that we sent were taken",
        taken_in=sum(taken > BUFFERED for *_, taken in answers),
        refused_late=sum(seconds > SECONDS for _, seconds, _ in answers),
        grown_too_much=sum(grown > MEGABYTES for grown in megabytes),
    )


def sent(stack, path, *headers):
    """Send on until nobody takes it; return the answer's status, its seconds and the bytes sent.

    Where nobody refuses it, it ends at ``MOST`` and there is no answer.
    """
    head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{stack.port}", *headers, "", ""]
    pieces = chain([FILE], repeat(PIECE))
    if CHUNKED in headers:
        pieces = (b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    taken, seconds, began = 0, None, time.monotonic()
    with socket.create_connection(("127.0.0.1", stack.port), timeout=30) as line:
        try:
            line.sendall("\r\n".join(head).encode())
            while taken < MOST:
                line.sendall(piece := next(pieces))
                taken += len(piece)
                if seconds is None and select([line], [], [], 0)[0]:
                    seconds = time.monotonic() - began
            return None, None, taken
        except ConnectionError:
            status = int(line.recv(2**16).split()[1])
            return status, seconds or time.monotonic() - began, taken


@contextmanager
def grown(stack):
    """Fill a list with the megabytes by which each process of the web server has grown at most."""
    processes = [member.pid for member in family(stack.web.process.pid)]
    megabytes = []
    for process in processes:
        Path(f"/proc/{process}/clear_refs").write_text("5")
    before = [memory(process, "VmRSS") for process in processes]
    yield megabytes
    peaks = [memory(process, "VmHWM") for process in processes]
    megabytes += [peak - now for peak, now in zip(peaks, before, strict=True)]


def memory(process, which):
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition(f"{which}:")[2].split()[0]) / 1024
