from json import JSONDecodeError
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from annotations.algorithms import plain_json


class JSONParser(BaseParser):
    """Strict JSON, as ``plain_json`` reads it."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # REST framework reads past the limit that Django sets to a body.
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            return plain_json.read(body)
        except plain_json.HasNul as nul:
            raise ParseError(_("The body holds a NUL character, which can’t be stored.")) from nul
        except JSONDecodeError as error:
            raise ParseError(_("The body is not JSON: %(why)s") % {"why": error}) from error
