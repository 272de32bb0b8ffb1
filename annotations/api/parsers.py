from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


def has_nul(value: Any) -> bool:
    """Say whether a NUL hides in any text of a parsed JSON value."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(has_nul(key) or has_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(has_nul(item) for item in value)


class JSONParser(BaseParser):
    """Strict JSON: no NaN, no lone surrogates, no NUL, which no database text can hold."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # REST framework reads past the limit that Django sets to a body.
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            value = orjson.loads(body)
        except (orjson.JSONDecodeError, RecursionError) as error:
            raise ParseError(_("The body is not JSON: %(why)s") % {"why": error}) from error
        if b"\\u0000" in body and has_nul(value):
            raise ParseError(_("The body holds a NUL character, which can’t be stored."))
        return value
