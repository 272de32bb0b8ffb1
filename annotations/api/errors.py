"""Errors in the one shape of the API: RFC 9457 problem details."""

import errno
import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg.errors import DiskFull
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from annotations.exceptions import Refused

logger = logging.getLogger(__name__)

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
MEDIA_TYPE = "application/problem+json"
#: In seconds: about as long as a restart of the database takes.
RETRY_AFTER = "5"
#: A statement, a wait for a lock, a transaction in which nothing happened: each took too long.
_LIMITS = {"57014", "55P03", "25P03"}


class UnknownInput(exceptions.APIException):
    """A field or query parameter that this call does not have."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "unknown_input"

    def __init__(self, names: list[str], kind: str):
        detail = _("Unknown %(kind)s: %(names)s.") % {"kind": kind, "names": ", ".join(names)}
        super().__init__(detail)
        self.errors = [{"field": name, "code": "unknown", "detail": detail} for name in names]


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer ``error`` as a problem; ``None`` for one that is our own fault."""
    set_rollback()
    if isinstance(error, Refused):
        return problem(error.status, error.code, str(error), error.errors)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, TOO_LARGE):
        return problem(413, "too_large", too_large(error))
    elif is_disk_full(error):
        logger.error("the disk is full")
        return problem(*disk_full(), headers={"Retry-After": RETRY_AFTER})
    elif isinstance(error, SuspiciousOperation):
        return problem(400, "malformed", _("The request is malformed: %(why)s") % {"why": error})
    elif is_too_slow(error):
        logger.warning("the database takes too long")
        return problem(*too_slow(), headers={"Retry-After": RETRY_AFTER})
    elif isinstance(error, OperationalError | InterfaceError):
        logger.warning("the database is away: %s", type(error).__name__)
        return problem(*database_away(), headers={"Retry-After": RETRY_AFTER})
    if isinstance(error, exceptions.ValidationError):
        return problem(
            422,
            "invalid",
            _("Some of what was sent is not valid."),
            flatten(error.get_full_details()),
        )
    if not isinstance(error, exceptions.APIException):
        return None

    details = error.get_full_details()
    code = details["code"] if isinstance(details, dict) else error.default_code
    if isinstance(error, exceptions.NotAuthenticated):
        code = "login_required"
    response = problem(
        error.status_code, str(code), str(error.detail), getattr(error, "errors", None)
    )
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def too_large(error: Exception) -> str:
    """Return what to say of a request that is refused for its size."""
    if isinstance(error, TooManyFilesSent):
        return _("At most %(most)d files can be sent at once. Send more as a zip archive.") % {
            "most": settings.DATA_UPLOAD_MAX_NUMBER_FILES
        }
    return _("The request is too large. Files may have %(most)d MB together.") % {
        "most": settings.LARGEST_REQUEST >> 20
    }


def is_disk_full(error: BaseException | None) -> bool:
    """Tell whether it is our own disk that is full, or the database's."""
    if isinstance(error, OperationalError):
        return isinstance(error.__cause__, DiskFull)
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def disk_full() -> tuple[int, str, str]:
    """Return what to say when there is no room for what was sent."""
    return 503, "disk_full", _("There is no room left on the server’s disk. Nothing was kept.")


def is_too_slow(error: BaseException | None) -> bool:
    """Tell whether the database ran into one of the limits that it has for requests."""
    return getattr(error and error.__cause__, "sqlstate", None) in _LIMITS


def too_slow() -> tuple[int, str, str]:
    """Return what to say when the database was given up on."""
    return 503, "too_slow", _("The database is too busy for that just now. Try again in a moment.")


def database_away() -> tuple[int, str, str]:
    """Return what to say while the database is away."""
    return 503, "database_away", _("The database can’t be reached. Try again in a moment.")


def problem(
    status_code: int,
    code: str,
    detail: str,
    errors: list[dict[str, Any]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """Build the answer; ``errors`` names each fault where there are several."""
    body = members(status_code, code, detail)
    if errors:
        body["errors"] = errors
    return Response(body, status=status_code, headers=headers, content_type=MEDIA_TYPE)


def members(status_code: int, code: str, detail: str) -> dict[str, Any]:
    """Return what every problem says."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "detail": detail,
        "code": code,
    }


def flatten(details: Any, path: str = "") -> list[dict[str, str]]:
    """List DRF's nested error details as ``{field, code, detail}``, paths joined by dots."""
    if isinstance(details, dict) and {"message", "code"} == set(details):
        return [{"field": path, "code": str(details["code"]), "detail": str(details["message"])}]
    pairs = details.items() if isinstance(details, dict) else enumerate(details)
    found: list[dict[str, str]] = []
    for name, inner in pairs:
        is_leaf_list = isinstance(details, list) and set(inner) == {"message", "code"}
        step = path if is_leaf_list or name == "non_field_errors" else f"{path}.{name}".lstrip(".")
        found += flatten(inner, step)
    return found
