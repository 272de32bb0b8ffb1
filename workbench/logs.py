"""Logs for machines: one JSON object a line, with the id of the request that it belongs to.

What people write and who they are stays out of them: an error is told by its type, the name of
the constraint and the lines of code, never by its message, which may quote a row; a request by
its route, never by its address, which may hold a key.
"""

import json
import logging
import re
import traceback
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

HEADER = "X-Request-ID"

#: The request that this thread works for, in a worker the one that rang for the task.
request_id: ContextVar[str] = ContextVar("request_id", default="")

_SOUND = re.compile(r"[A-Za-z0-9-]{8,64}")


def id_of(sent: str | None) -> str:
    """Keep the id that a proxy has given, if it is one; else make one."""
    return sent if sent and _SOUND.fullmatch(sent) else uuid.uuid4().hex


class JSONFormatter(logging.Formatter):
    """Writes a record as one line of JSON. ``extra={"fields": {…}}`` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if current := request_id.get():
            line["request_id"] = current
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            line["error"] = _error(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    if record.name == "django.request" and isinstance(record.args, tuple) and record.args:
        # "Not Found: /reset/…": what happened, without where.
        return str(record.args[0])
    return record.getMessage()


def _error(error: BaseException, trace: TracebackType | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": type(error).__qualname__,
        "trace": [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(trace)
        ],
    }
    diagnosis = getattr(error.__cause__, "diag", None)
    if name := getattr(diagnosis, "constraint_name", None):
        told["constraint"] = name
    return told


def pass_on(headers: dict[str, Any], **kwargs: Any) -> None:
    """Write the request's id on a message that is about to leave."""
    headers.setdefault("request_id", request_id.get())


def take_up(task: Any, **kwargs: Any) -> None:
    """Work for the request that has rung; a sweeper's ring gets an id of its own."""
    request_id.set(id_of(getattr(task.request, "request_id", None)))


def lay_down(**kwargs: Any) -> None:
    """Work for nobody again."""
    request_id.set("")
