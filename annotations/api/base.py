"""What every serializer and viewset of the API stands on: strictness, and the project at hand."""

from collections.abc import Callable, Mapping
from functools import cached_property, wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers

from annotations.api import idempotency
from annotations.api.errors import UnknownInput
from annotations.api.types import refuse_other_types
from annotations.enums import Role
from annotations.models import Project, User
from annotations.models.prepared import prepared
from annotations.permissions import has_role


class StrictSerializer(serializers.Serializer):
    """Refuses fields that it does not have or that can only be read, and values of other types.

    REST framework takes a number for a text, and ``"yes"`` for true; here 1 and
    ``"1"`` are different things, as they are for whoever reads the schema.
    """

    #: In an address or a form all values are text, and no type is to be told from another.
    is_json = True

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = {name: field for name, field in self.fields.items() if not field.read_only}
            if unknown := sorted(str(name) for name in set(data) - set(writable)):
                raise UnknownInput(unknown, _("field"))
            if self.is_json:
                refuse_other_types(writable, data)
        return super().to_internal_value(data)


class TextSerializer(StrictSerializer):
    """For what comes in an address or a form."""

    is_json = False


def takes_nothing(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Have a call that takes no body refuse one that has any field."""

    @wraps(handler)
    def checked(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        return handler(view, request, *args, **kwargs)

    return checked


class StrictQuery:
    """Refuses query parameters that a view does not list in ``parameters``.

    ``parameters`` maps an action's name to what it takes; the paging
    parameters of ``list`` are understood.
    """

    parameters: Mapping[str, set[str]] = {}

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if not hasattr(self, request.method.lower()):
            return  # which the dispatcher is about to refuse
        if any("\0" in str(value) for value in kwargs.values()):
            raise exceptions.NotFound  # the database could not even look for it
        action = getattr(self, "action", None) or ""
        known = set(self.parameters.get(action, ()))
        if action == "list":
            known |= {"cursor", "page_size"}
        if unknown := sorted(set(request.query_params) - known):
            raise UnknownInput(unknown, _("parameter"))
        for name, values in request.query_params.lists():
            if len(values) > 1:
                raise exceptions.ParseError(_("“%(name)s” is given twice.") % {"name": name})
            if "\0" in values[0]:
                raise exceptions.ParseError(_("A parameter holds a NUL character."))
        if request.method == "POST" and idempotency.HEADER in request.headers:
            self.post = idempotency.replaying(self, self.post)  # type: ignore[has-type]


class InProject(StrictQuery):
    """For views under ``projects/{slug}/``: not a member → 404, lacking ``roles`` → 403.

    ``roles`` maps an action's name to the roles that may call it, with ``"*"``
    for all that are not named.
    """

    roles: Mapping[str, tuple[Role, ...]]

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in {None, "metadata"}:  # type: ignore[attr-defined]
            return  # OPTIONS, or a method that the dispatcher is about to refuse
        roles = self.roles.get(self.action, self.roles.get("*", ()))  # type: ignore[attr-defined]
        if not has_role(request.user, self.project, *roles):
            raise exceptions.PermissionDenied

    @cached_property
    def project(self) -> Project:
        found = _visible(self.request.user, self.kwargs["slug"])  # type: ignore[attr-defined]
        if not found:
            raise Http404
        return found[0]


@prepared
def _visible(user: User, slug: str) -> QuerySet[Project]:
    return Project.objects.visible_to(user).filter(slug=slug)
