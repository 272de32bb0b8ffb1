"""What is answered where no view could: a page, and to programs a problem in the API's shape."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from annotations.api.errors import (
    MEDIA_TYPE,
    RETRY_AFTER,
    TOO_LARGE,
    database_away,
    disk_full,
    is_disk_full,
    is_too_slow,
    members,
    too_large,
    too_slow,
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, TOO_LARGE):
        detail = too_large(exception)
        if _is_program(request):
            return _problem(413, "too_large", detail)
        return HttpResponse(render_to_string("413.html", {"detail": detail}), status=413)
    if _is_program(request):
        return _problem(400, "malformed", _("The request is malformed."))
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_program(request):
        return _problem(404, "not_found", _("There is no such address."))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    said = _unavailable(sys.exception())
    if said is None:
        if _is_program(request):
            return _problem(500, "error", _("Something broke on our side. It has been logged."))
        return defaults.server_error(request)
    answer = (
        _problem(*said)
        if _is_program(request)
        else HttpResponse(render_to_string("503.html", {"detail": said[-1]}), status=503)
    )
    answer["Retry-After"] = RETRY_AFTER
    return answer


def _unavailable(error: BaseException | None) -> tuple[int, str, str] | None:
    """Return what to say of an error that is gone when somebody tries again later."""
    if is_disk_full(error):
        return disk_full()
    if is_too_slow(error):
        return too_slow()
    # Whoever is signed in is looked up before any view is reached.
    if isinstance(error, OperationalError | InterfaceError):
        return database_away()
    return None


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(status: int, *said: Any) -> HttpResponse:
    return JsonResponse(members(status, *said), status=status, content_type=MEDIA_TYPE)
