"""Articles measured beside each other, while somebody asks the database for the next."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue

from annotations.algorithms import agreement as measures
from annotations.importing.child import Child, Ended

AT_ONCE = 2
#: The tasks from which on processes of their own are worth their start.
APART = 2000
MEGABYTES = 1024
#: Of the processor, for one portion.
SECONDS = 120.0
#: Memory that is given back after every step of arithmetic has to be taken anew for the next.
_KEEPS_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**28)}

Submit = Callable[[bytes], Future[bytes]]


@contextmanager
def measuring(tasks: int) -> Iterator[Submit]:
    """Yield what takes a portion of so many tasks, to measure it while others are.

    Many are measured by processes of their own, which end with the block, because threads of
    one wait for each other; where a process can't do it, this one does.
    """
    is_apart = tasks >= APART and len(os.sched_getaffinity(0)) > 1
    with ExitStack() as stack:
        waiting: SimpleQueue[Child] = SimpleQueue()
        for _ in range(AT_ONCE if is_apart else 0):
            child = Child("measured", megabytes=MEGABYTES, environment=_KEEPS_MEMORY)
            stack.callback(child.stop)
            child.start()
            waiting.put(child)
        threads = stack.enter_context(ThreadPoolExecutor(AT_ONCE))

        def submit(told: bytes) -> Future[bytes]:
            if is_apart:
                return threads.submit(_ask, waiting, told)
            return threads.submit(measures.measured, told)

        yield submit


def _ask(waiting: SimpleQueue[Child], told: bytes) -> bytes:
    child = waiting.get()
    try:
        return child.ask(told, seconds=SECONDS)
    except Ended:
        return measures.measured(told)
    finally:
        waiting.put(child)
