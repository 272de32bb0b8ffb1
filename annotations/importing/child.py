"""A process with limits, for work that a file can make cost any amount of time or memory."""

import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

#: On the clock, where the machine is busy; what counts is the processor's time.
PATIENCE = 30.0
LONGEST_START = 60.0

_PROGRAMS = Path(__file__).with_name("apart")
#: Libraries that reserve memory by the gigabyte, or for each thread, would not fit.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
_REQUEST = struct.Struct(">Ld")
_ANSWER = struct.Struct(">L")
_LONGEST_ANSWER = 64 * 2**20


class Ended(Exception):
    """It took too much, or fell over something; the next request starts another."""


class Child:
    """A program of ``apart``, started with the first request and again after one it died of.

    It may take ``megabytes`` beyond what it takes by itself, and has the open ``files``. Of our
    environment it has nothing, only what is in ``environment``.
    """

    def __init__(
        self,
        program: str,
        *,
        megabytes: int,
        files: Sequence[int] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._program = program
        self._megabytes = megabytes
        self._files = files
        self._environment = {**_ENVIRONMENT, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._has_greeted = False

    def start(self) -> None:
        """Start it, if it isn't, without waiting until it can be asked."""
        if self._process is None:
            self._has_greeted = False
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_PROGRAMS), self._program, str(self._megabytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
                pass_fds=self._files,
                cwd="/",
            )

    @property
    def is_ready(self) -> bool:
        """Whether it was started, and has got so far that it can be asked."""
        return self._process is not None and (
            self._has_greeted or bool(_waiting_for(self._process).poll(0))
        )

    def ask(self, request: bytes, *, seconds: float) -> bytes:
        """Return the answer, for which it has so much of the processor. Raises ``Ended``."""
        try:
            process = self._running()
            process.stdin.write(_REQUEST.pack(len(request), seconds) + request)
            process.stdin.flush()
            return self._answer(process, seconds * PATIENCE)
        except (OSError, EOFError) as error:
            self.stop()
            raise Ended from error

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _running(self) -> "subprocess.Popen[bytes]":
        self.start()
        if not self._has_greeted:
            self._answer(self._process, LONGEST_START)
            self._has_greeted = True
        return self._process

    def _answer(self, process: "subprocess.Popen[bytes]", seconds: float) -> bytes:
        until = time.monotonic() + seconds
        [length] = _ANSWER.unpack(self._read(process, _ANSWER.size, until))
        if length > _LONGEST_ANSWER:
            raise EOFError
        return self._read(process, length, until)

    def _read(self, process: "subprocess.Popen[bytes]", size: int, until: float) -> bytes:
        data = bytearray()
        waiting = _waiting_for(process)
        while len(data) < size:
            ready = waiting.poll(1000 * max(0, until - time.monotonic()))
            piece = os.read(process.stdout.fileno(), size - len(data)) if ready else b""
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)


def _waiting_for(process: "subprocess.Popen[bytes]") -> select.poll:
    waiting = select.poll()  # which, unlike select(), takes any number of open files
    waiting.register(process.stdout, select.POLLIN)
    return waiting


class Kept:
    """Something that asks a child, which ends with the block."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._child.stop()
