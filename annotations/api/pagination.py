import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson
from django.core.exceptions import ValidationError as InvalidValue
from django.db import DataError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind the row that has these values, in one direction."""

    values: list[Any]
    is_backwards: bool = False

    @classmethod
    def read(cls, text: str) -> "Place":
        """Read a cursor. Raises ``ValueError`` for what ``write`` has not made."""
        said = orjson.loads(urlsafe_b64decode(text.encode("ascii")))
        if not isinstance(said, list) or len(said) != 2 or not isinstance(said[1], list):
            raise ValueError("no cursor")
        return cls(said[1], said[0] == "back")

    def write(self) -> str:
        way = "back" if self.is_backwards else "on"
        return urlsafe_b64encode(orjson.dumps([way, self.values])).decode()

    def keep(self, rows: QuerySet, ordering: Sequence[str]) -> QuerySet:
        """Keep of ``rows``, which are in that order, those behind the place.

        Raises ``ValueError``, ``TypeError`` or Django's for values that are none of the fields'.
        """
        if len(ordering) != len(self.values):
            raise ValueError("a cursor of another list")
        behind, same = Q(), Q()
        for name, value in zip(ordering, self.values, strict=True):
            field, way = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
            behind |= same & Q(**{f"{field}__{way}": value})
            same &= Q(**{field: value})
        # Said once more for the first field alone, a range that an index can begin with.
        first, way = ordering[0].removeprefix("-"), "lte" if ordering[0][0] == "-" else "gte"
        return rows.filter(behind, **{f"{first}__{way}": self.values[0]})


class CursorPagination(pagination.CursorPagination):
    """Pages by position, never by counting: ``{next, previous, results}``.

    A view names its total order in ``ordering``; the last field must be unique,
    and none may be null. REST framework's own cursor knows the first field only,
    and loses its way among a thousand rows that tie.
    """

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not re.fullmatch("[0-9]{1,9}", asked) or not int(asked):
            raise ValidationError({self.page_size_query_param: _("This is to be 1 to 200.")})
        return min(int(asked), self.max_page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        size = {"type": "integer", "minimum": 1, "default": self.page_size}
        return [
            {**one, "schema": size} if one["name"] == self.page_size_query_param else one
            for one in parameters
        ]

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list:
        size = self.get_page_size(request)
        self.address = request.build_absolute_uri()
        self.ordering = view.ordering
        cursor = request.query_params.get(self.cursor_query_param)
        try:
            place = None if cursor is None else Place.read(cursor)
            is_backwards = place is not None and place.is_backwards
            ordering = [_turned(name) for name in self.ordering] if is_backwards else self.ordering
            rows = queryset.order_by(*ordering)
            if place is not None:
                rows = place.keep(rows, ordering)
            # One more tells whether there is a page behind this one.
            found = list(rows[: size + 1])
        except (ValueError, TypeError, InvalidValue, DataError) as error:
            raise ValidationError({"cursor": _("This cursor is not one of ours.")}) from error
        self.page = found[:size]
        # A page may be empty, because its rows are gone: nothing leads on or back from there.
        has_more, came_from = len(found) > size, place is not None and bool(found)
        if is_backwards:
            self.page.reverse()
        self.has_next, self.has_previous = (
            (came_from, has_more) if is_backwards else (has_more, came_from)
        )
        return self.page

    def get_next_link(self) -> str | None:
        return self._link(self.page[-1], is_backwards=False) if self.has_next else None

    def get_previous_link(self) -> str | None:
        return self._link(self.page[0], is_backwards=True) if self.has_previous else None

    def _link(self, row: Any, *, is_backwards: bool) -> str:
        values = [_value(row, name) for name in self.ordering]
        cursor = Place(values, is_backwards).write()
        return replace_query_param(self.address, self.cursor_query_param, cursor)


class ListPagination(CursorPagination):
    """The same for what is no query but a list in its order: a cursor is a place in it."""

    def paginate_queryset(self, queryset: Sequence, request: Request, view: Any = None) -> list:
        size = self.get_page_size(request)
        self.address = request.build_absolute_uri()
        cursor = request.query_params.get(self.cursor_query_param)
        try:
            [start] = [0] if cursor is None else Place.read(cursor).values
            if type(start) is not int or start < 0:
                raise ValueError("no place in a list")
        except (ValueError, TypeError) as error:
            raise ValidationError({"cursor": _("This cursor is not one of ours.")}) from error
        self.places = (max(0, start - size), start + size)
        self.has_next, self.has_previous = start + size < len(queryset), start > 0
        return list(queryset[start : start + size])

    def get_next_link(self) -> str | None:
        return self._link_to(self.places[1]) if self.has_next else None

    def get_previous_link(self) -> str | None:
        return self._link_to(self.places[0]) if self.has_previous else None

    def _link_to(self, place: int) -> str:
        return replace_query_param(self.address, self.cursor_query_param, Place([place]).write())


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _value(row: Any, name: str) -> Any:
    return attrgetter(name.removeprefix("-").replace("__", "."))(row)
