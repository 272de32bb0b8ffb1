from json import JSONDecodeError
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from annotations.algorithms import plain_json


class JSONParser(BaseParser):
    """Strict JSON, as ``plain_json`` reads it."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # The middleware has seen to its size, since REST framework reads past Django's limit.
        try:
            return plain_json.read(stream.read())
        except plain_json.HasNul as nul:
            raise ParseError(_("The body holds a NUL character, which can’t be stored.")) from nul
        except JSONDecodeError as error:
            raise ParseError(_("The body is not JSON: %(why)s") % {"why": error}) from error
