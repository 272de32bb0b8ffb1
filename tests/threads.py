"""Calls that meet in the database."""

import threading
from concurrent.futures import ThreadPoolExecutor

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
