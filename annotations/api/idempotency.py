"""``Idempotency-Key``: a POST that is sent again is answered again, and not carried out again."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.actions import replies
from annotations.api.renderers import plain

HEADER = "Idempotency-Key"
KEY = re.compile(r"^[!-~]{1,200}$")


def replaying(view: Any, handler: Callable[..., Response]) -> Callable[..., Response]:
    """Wrap a POST handler. ``view.secrets`` names fields that a repetition leaves out."""

    def post(request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers[HEADER]
        if not KEY.fullmatch(key):
            raise ParseError(_("An Idempotency-Key has 1 to 200 visible characters of ASCII."))
        first: list[Response] = []

        def work() -> tuple[int, Any, Any]:
            try:
                response = handler(request, *args, **kwargs)
            except Exception as error:
                # Answered here, so that what the handler kept of a refused request stays.
                response = view.handle_exception(error)
            first.append(response)
            if response.status_code >= 400:
                return response.status_code, response.data, None
            answer = orjson.loads(orjson.dumps(response.data, default=plain))
            hidden = getattr(view, "secrets", ())
            repeatable = (
                {name: value for name, value in answer.items() if name not in hidden}
                if isinstance(answer, dict)
                else answer
            )
            return response.status_code, answer, repeatable

        status, answer = replies.once(
            work,
            user=request.user,
            route=request.path,
            key=key,
            request_digest=digest(request),
            at=timezone.now(),
        )
        return first[0] if first else Response(answer, status=status)

    return post


def digest(request: Request) -> str:
    """Hash what was asked for, whatever its boundary or the order of its keys."""
    total = hashlib.sha256(request.META["QUERY_STRING"].encode())
    data = request.data
    if not hasattr(data, "lists"):
        total.update(b"\n" + orjson.dumps(data, option=orjson.OPT_SORT_KEYS))
        return total.hexdigest()
    for name, values in sorted(data.lists()):
        for value in values:
            total.update(f"\n{name}\n".encode())
            if isinstance(value, UploadedFile):
                total.update(f"{value.name}\n".encode())
                for chunk in value.chunks():
                    total.update(hashlib.sha256(chunk).digest())
                value.seek(0)
            else:
                total.update(str(value).encode())
    return total.hexdigest()
