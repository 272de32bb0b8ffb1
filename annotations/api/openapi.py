"""What the schema says of every call alike: its summary, its refusals, how it may be repeated."""

import inspect
import re
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema

from annotations.api.errors import MEDIA_TYPE
from annotations.api.examples import BODIES
from annotations.api.idempotency import HEADER, KEY

#: What each status of a refusal means.
REFUSALS = {
    400: "The request is malformed, or has a parameter or field that this call does not have.",
    401: "Nobody is signed in.",
    403: "You can see this, but your roles or your token's scopes do not let you do that.",
    404: "There is no such thing, or it is not visible to you.",
    406: "The answer comes in no type that the Accept header allows.",
    409: "The state of things does not allow it, or what you have is no longer the latest.",
    413: "The request is too large.",
    415: "The body comes in a type that this call does not take.",
    422: "The content can't be accepted; `errors` says where and why.",
    429: "A wrong password was sent too often: wait as long as `Retry-After` says.",
    503: "What this needs is away, too busy or lost; `Retry-After` says when that may be over.",
}
PROBLEM = {
    "type": "object",
    "description": "Problem details as in RFC 9457; `code` is for programs, `detail` for people.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Each fault by itself: the field or line, a code, and a sentence.",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
    "example": {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "This assignment is not open to you.",
        "code": "cannot_code",
    },
}
IDEMPOTENCY = {
    "name": HEADER,
    "in": "header",
    "description": "A POST that is sent again with the same key is answered again, and not "
    "carried out again. Kept for 24 hours.",
    "schema": {"type": "string", "pattern": KEY.pattern, "maxLength": 200},
    "example": "8f14e45f-ceea-467f-9e5c-2d1f3a5b7c90",
}


class Schema(AutoSchema):
    """Takes a method's first sentence as its summary, and what follows as its description."""

    def get_summary(self) -> str | None:
        return super().get_summary() or _parts(self._documented)[0] or None

    def get_description(self) -> str:
        return _parts(self._documented)[1] or inspect.getdoc(type(self.view)) or ""

    @property
    def _documented(self) -> str:
        method = getattr(self.view, getattr(self.view, "action", "") or self.method.lower(), None)
        return inspect.getdoc(method) or ""


def _parts(text: str) -> tuple[str, str]:
    """Part a docstring into its first sentence, without the full stop, and the rest."""
    first, _mark, rest = " ".join(text.split()).partition(". ")
    return first.rstrip("."), rest


def complete(result: dict, **_kwargs: Any) -> dict:
    """Give every call the problems that it can answer, an example, and a POST its key."""
    schemas = result["components"]["schemas"]
    schemas["Problem"] = PROBLEM
    result["components"]["responses"] = {
        _name(status): {
            "description": meaning,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, meaning in REFUSALS.items()
    }
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            # What a call names itself is only a number.
            named = REFUSALS.keys() & map(int, operation["responses"])
            for status in sorted({*_refusals_of(path, method, operation), *named}):
                answer = {"$ref": f"#/components/responses/{_name(status)}"}
                operation["responses"][str(status)] = answer
            if example := BODIES.get(operation["operationId"]):
                operation["requestBody"]["content"]["application/json"]["example"] = example
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY)
    return result


def _refusals_of(path: str, method: str, operation: dict) -> list[int]:
    statuses = [400, 401, 403, 406]
    if "{" in path:
        statuses.append(404)
    if method in {"post", "put", "patch", "delete"}:
        statuses += [409, 413, 415, 422]
    elif any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
        statuses.append(422)
    if {"basicAuth": []} in operation.get("security", []):
        statuses.append(429)
    return statuses


def _name(status: int) -> str:
    return re.sub(r"\W", "", HTTPStatus(status).phrase.title())
