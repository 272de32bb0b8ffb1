"""System checks: rules on who sees what that can be told from the code alone."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.forms.models import BaseModelForm
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import IsAuthenticated
from rest_framework.serializers import ModelSerializer

from annotations.api.base import InProject, StrictQuery

#: What is answered to whoever asks. Everything else wants somebody signed in.
OPEN = {
    "api/v1/docs/",
    "api/v1/schema/",
    "join/<str:secret>/",
    "livez",
    "metrics",
    "readyz",
    "reset/<str:uidb36>/<str:key>/",
    "sign-in/",
    "sign-in/code/",
    "sign-in/forgotten/",
    "sign-in/forgotten/sent/",
    "sign-out/",
}
OURS = ("annotations", "exports", "workbench")


@register(Tags.security)
def fields_are_listed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse what shows or takes whichever fields a model has or comes to have."""
    return [
        Error(f"{found.__name__} does not list its fields.", obj=found, id="workbench.E001")
        for base in (ModelSerializer, BaseModelForm)
        for found in _below(base)
        if found.__module__.split(".")[0] in OURS and not lists_fields(found)
    ]


@register(Tags.security)
def views_say_who_may(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an address that is open to everybody without being listed, and lax calls."""
    return [
        Error(f"/{route} {fault}.", id="workbench.E002")
        for route, view in _views(get_resolver(settings.ROOT_URLCONF))
        for fault in faults(route, view)
    ]


def lists_fields(found: Any) -> bool:
    """Say whether a serializer or form of a model names each field."""
    meta = getattr(found, "Meta", None) or getattr(found, "_meta", None)
    listed = getattr(meta, "fields", None)
    if getattr(meta, "model", None) is None:
        return True
    return listed not in (None, "__all__") and not getattr(meta, "exclude", None)


def faults(route: str, view: Any) -> Iterator[str]:
    """Yield what is wrong with who may ask the view behind ``route``."""
    # REST framework wraps a view in a function, and Django's class views too.
    cls = getattr(view, "cls", None)
    if cls is None:
        if getattr(view, "login_required", True) is False and route not in OPEN:
            yield "lets people in who have not signed in"
        return
    if route in OPEN:
        return
    if IsAuthenticated not in cls.permission_classes:
        yield "lets people in who have not signed in"
    if not issubclass(cls, StrictQuery):
        yield "takes parameters that it does not know"
    if issubclass(cls, InProject) and "*" not in cls.roles:
        for action in sorted(set(view.actions.values()) - set(cls.roles)):
            yield f"does not say which roles may {action}"


def _below(base: type) -> Iterator[type]:
    below: list[type] = base.__subclasses__()
    for found in below:
        yield found
        yield from _below(found)


def _views(resolver: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver) and entry.app_name != "admin":
            yield from _views(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.callback
