"""Pages handed to the process that takes their story out, and what becomes of bad ones."""

import json
import os
import select
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from annotations.importing.problems import Problem

#: On the clock; the time that counts is the processor's, which the process keeps itself.
LONGEST_WAIT = 20.0

_PROGRAM = Path(__file__).with_name("story.py")
_LENGTH = struct.Struct(">L")
_LONGEST_ANSWER = 64 * 2**20


class Extractor:
    """A process for pages, started with the first one, and again after one that it died of."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Extractor":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stop()

    def extract(self, page: str) -> dict[str, Any]:
        """Return ``text`` and ``meta`` of a page. Raises ``Problem`` if it costs too much."""
        data = page.encode("utf-8", "replace")
        process = self._running()
        try:
            self._send(process, data)
            answer = self._answer(process)
        except (OSError, EOFError) as error:
            self._stop()
            detail = "Taking the story out of this page takes too long, or too much memory."
            raise Problem("page_too_costly", detail) from error
        return json.loads(answer)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8"},
                cwd="/",
            )
        return self._process

    def _send(self, process: "subprocess.Popen[bytes]", data: bytes) -> None:
        process.stdin.write(_LENGTH.pack(len(data)) + data)
        process.stdin.flush()

    def _answer(self, process: "subprocess.Popen[bytes]") -> bytes:
        until = time.monotonic() + LONGEST_WAIT
        [length] = _LENGTH.unpack(self._read(process, _LENGTH.size, until))
        if length > _LONGEST_ANSWER:
            raise EOFError
        return self._read(process, length, until)

    def _read(self, process: "subprocess.Popen[bytes]", size: int, until: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            left = max(0, until - time.monotonic())
            ready, _, _ = select.select([process.stdout], [], [], left)
            piece = os.read(process.stdout.fileno(), size - len(data)) if ready else b""
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
