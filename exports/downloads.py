"""Files over HTTP: whole, or the part that a client is still missing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)

from exports import folders
from exports.models import ReleaseFile

PIECE = 256 * 1024
CONTENT_TYPES = {
    ".jsonl": "application/x-ndjson",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".zip": "application/zip",
    ".parquet": "application/vnd.apache.parquet",
}
TEXT = "text/plain; charset=utf-8"

_ONE_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.ASCII | re.IGNORECASE)
_ETAGS = re.compile(r'(?:W/)?("[^"]*")|\*')


def kinds() -> list[str]:
    """Return the media types that files go out as."""
    return [kind.partition(";")[0] for kind in [*CONTENT_TYPES.values(), TEXT]]


@dataclass(frozen=True)
class Part:
    """Bytes of a file, ``start`` inclusive and ``end`` exclusive."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


class CannotServe(Exception):
    """The range lies behind the end of the file."""


def part_wanted(header: str | None, size: int) -> Part | None:
    """Return what a ``Range`` header asks for, or ``None`` for the whole file.

    A header that is malformed, or that asks for several ranges, is ignored, as
    HTTP allows. Raises ``CannotServe`` if no byte of the file is in the range.
    """
    match = _ONE_RANGE.fullmatch(header or "")
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise CannotServe
        return Part(size - length, size)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise CannotServe
    return Part(int(first), min(int(last) + 1, size) if last else size)


def is_unchanged(if_range: str | None, etag: str) -> bool:
    """Say whether a part may be sent: only if the client has parts of these very bytes."""
    return if_range is None or if_range.strip() == etag


def is_cached(if_none_match: str | None, etag: str) -> bool:
    return any(
        match.group() == "*" or match.group(1) == etag
        for match in _ETAGS.finditer(if_none_match or "")
    )


def respond(request: HttpRequest, file: ReleaseFile) -> HttpResponseBase:
    """Answer a GET or HEAD for a file of a release."""
    etag = f'"{file.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'attachment; filename="{file.name}"',
    }
    if is_cached(request.headers.get("If-None-Match"), etag):
        return HttpResponse(status=304, headers=headers)

    suffix = file.name[file.name.rfind(".") :] if "." in file.name else ""
    content_type = CONTENT_TYPES.get(suffix, TEXT)
    kept_apart = folders.address_of(
        file.path,
        {
            "ResponseContentDisposition": headers["Content-Disposition"],
            "ResponseContentType": content_type,
        },
    )
    if kept_apart:
        # The right to it was checked here; whole files and parts come from the bucket.
        return HttpResponseRedirect(kept_apart, headers={"Cache-Control": "no-store"})

    part = None
    if is_unchanged(request.headers.get("If-Range"), etag):
        try:
            part = part_wanted(request.headers.get("Range"), file.bytes)
        except CannotServe:
            headers["Content-Range"] = f"bytes */{file.bytes}"
            return HttpResponse(status=416, headers=headers)
    if settings.ACCEL_REDIRECT:
        # nginx reads the file and cuts the part out of it; no thread of ours waits for the client.
        del headers["Accept-Ranges"]  # nginx says so by itself
        headers["X-Accel-Redirect"] = quote(settings.ACCEL_REDIRECT + file.path)
        return HttpResponse(headers=headers, content_type=content_type)
    status = 200
    if part:
        status = 206
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{file.bytes}"
    sent = part or Part(0, file.bytes)
    headers["Content-Length"] = str(sent.length)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=content_type)
    return StreamingHttpResponse(
        _read(folders.storage().open(file.path), sent),
        status=status,
        headers=headers,
        content_type=content_type,
    )


def _read(file: BinaryIO, part: Part) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left = part.length
        while left and (piece := file.read(min(PIECE, left))):
            yield piece
            left -= len(piece)
