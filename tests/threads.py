"""What runs in threads of the test's own process: calls that meet in the database, and workers."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from celery import Celery
from celery.contrib.testing.worker import start_worker
from celery.signals import worker_init
from django.db import connection

from annotations.exceptions import Refused


def at_once(*calls):
    """Run ``calls`` in threads that start together; return what each returned or was refused.

    Any other error is the test's own and is raised here.
    """
    together = threading.Barrier(len(calls))

    def run(call):
        together.wait()
        try:
            return call()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


@contextmanager
def somebody_works_in(table: str) -> Iterator[psycopg.Connection]:
    """Hold a table as somebody's long transaction would, until the block ends or rolls back."""
    parameters = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    address = {key: parameters[key] for key in keys if key in parameters}
    with psycopg.connect(**address) as holder:
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield holder
        holder.rollback()


def wait_until_somebody_waits(holder: psycopg.Connection) -> None:
    """Return once another session waits for a lock, as that which ``holder`` has."""
    for _ in range(10_000):
        if holder.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            return
        holder.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("Nobody waits.")


@contextmanager
def worker_of(app: Celery) -> Iterator[None]:
    """Have a worker take the jobs of ``app``, until the block ends.

    What a worker of the product does to its process, as to step back for others, is left out: this
    one is that of the tests.
    """
    usual, worker_init.receivers = worker_init.receivers, []
    try:
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
            yield
    finally:
        worker_init.receivers = usual
