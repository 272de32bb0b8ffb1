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

    def paginate_queryset(self, queryset, request, view=None):
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValueError, InvalidValue, DataError) as error:
            # A cursor that was made up fails to decode, or names no value of the column.
            raise ValidationError({"cursor": _("This cursor is not one of ours.")}) from error
