import logging
from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any
from urllib.parse import unquote
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from workbench import logs

logger = logging.getLogger(__name__)

_FILES_COME_IN_AT = {"annotations:imports", "api:imports"}
_LONGEST_LENGTH = 20


class Traced:
    """Time and count every request, and give it an id that its logs, tasks and answer carry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        # Its models are there only once the applications are.
        from workbench import metrics

        self.get_response = get_response
        self.metrics = metrics

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = monotonic()
        token = logs.request_id.set(logs.id_of(request.headers.get(logs.HEADER)))
        try:
            response = self.get_response(request)
            response[logs.HEADER] = logs.request_id.get()
            seconds = monotonic() - began
            self.metrics.observe(request, response, seconds)
            fields = {
                "method": request.method,
                "route": self.metrics.route_of(request),
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
            }
            logger.info("answered", extra={"fields": fields})
            return response
        finally:
            logs.request_id.reset(token)


class Bounded:
    """Refuse a request that says it is too large before any of it is read.

    Files for an import alone may be large, and on its page only those of somebody who is signed
    in: the check against forgery looks for its token in the form, so it reads all files before
    anybody asks who sent them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        has_files = request.content_type == "multipart/form-data"
        most = settings.LARGEST_REQUEST if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if _length(request) > most:
            raise RequestDataTooBig
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if _length(request) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        match = request.resolver_match
        if match is None or match.view_name not in _FILES_COME_IN_AT:
            raise RequestDataTooBig
        if _is_for_programs(request) or request.user.is_authenticated:
            return None
        return redirect_to_login(request.get_full_path())


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said[:_LONGEST_LENGTH]) if said.isdecimal() else 0


class PrivateByDefault:
    """Keep every answer out of caches that does not say otherwise.

    Pages and answers hold one person's view of a blinded study; a copy in a
    shared cache or behind the back button would be somebody else's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class InTheReadersLanguage:
    """Speak the language that a person has chosen, or that was chosen on this device.

    What the browser asks for does not decide: a translation that is only begun would come over
    everybody who has set its language. The API answers everybody in English, since what it says
    is kept and compared.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        named = "" if _is_for_programs(request) else request.COOKIES.get("language", "")
        with translation.override(_spoken(named)):
            response = self.get_response(request)
            response["Content-Language"] = translation.get_language() or ""
        if not _is_for_programs(request):
            patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not _is_for_programs(request):
            # No query more: Django's LoginRequiredMiddleware asks next who it is, for every view.
            chosen = getattr(request.user, "coding_preferences", {}).get("language")
            if chosen:
                translation.activate(_spoken(chosen))


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _spoken(language: str) -> str:
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class InTheReadersZone:
    """Tell times on pages as clocks show them where the reader is; a cookie says where.

    The API tells all times in UTC, to everybody the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = unquote(request.COOKIES.get("timezone", ""))
        if _is_for_programs(request) or zone not in _known_zones():
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)


@cache
def _known_zones() -> set[str]:
    return available_timezones()
