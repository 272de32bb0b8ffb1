import re

from django.core.exceptions import ValidationError as InvalidValue
from django.db import DataError
from django.utils.translation import gettext as _
from rest_framework import pagination
from rest_framework.exceptions import NotFound, ValidationError


class CursorPagination(pagination.CursorPagination):
    """Pages by position, never by counting: ``{next, previous, results}``.

    A view names its total order in ``ordering``; the last field must be unique.
    """

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def get_ordering(self, request, queryset, view):
        return view.ordering

    def get_page_size(self, request):
        asked = request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not re.fullmatch("[0-9]{1,9}", asked) or not int(asked):
            raise ValidationError({self.page_size_query_param: _("This is to be 1 to 200.")})
        return min(int(asked), self.max_page_size)

    def get_schema_operation_parameters(self, view):
        parameters = super().get_schema_operation_parameters(view)
        size = {"type": "integer", "minimum": 1, "default": self.page_size}
        return [
            {**one, "schema": size} if one["name"] == self.page_size_query_param else one
            for one in parameters
        ]

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, InvalidValue, DataError) as error:
            # A cursor that was made up fails to decode, or names no value of the column.
            raise ValidationError({"cursor": _("This cursor is not one of ours.")}) from error
