"""Work that a file can make cost any amount of time or memory, in a process of its own.

Run by ``child.Child`` and by nothing else, as ``python -I apart NAME MEGABYTES``: here neither is
the worker's. Reads requests from standard input and answers on standard output, each behind its
length in four bytes; before a request stand the seconds that it may take. Imports nothing of ours
but what lies here and ``algorithms``, and has neither our environment nor our files.
"""

import importlib
import resource
import signal
import struct
import sys
from pathlib import Path

REQUEST = struct.Struct(">Ld")
ANSWER = struct.Struct(">L")


def main() -> None:
    name, megabytes = sys.argv[1:]
    answer = importlib.import_module(name).answer
    memory = _taken() + int(megabytes) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _send(b"")
    while header := sys.stdin.buffer.read(REQUEST.size):
        size, seconds = REQUEST.unpack(header)
        request = sys.stdin.buffer.read(size)
        # One that takes longer is ended by the signal, whatever code it is in.
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answered = answer(request)
        signal.setitimer(signal.ITIMER_PROF, 0)
        _send(answered)


def _send(answer: bytes) -> None:
    sys.stdout.buffer.write(ANSWER.pack(len(answer)) + answer)
    sys.stdout.buffer.flush()


def _taken() -> int:
    """Return how much memory the process has of its own before it has met anything."""
    pages = Path("/proc/self/statm").read_text().split()[5]
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    main()
