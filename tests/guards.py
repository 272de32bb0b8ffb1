"""The guards of the product, and how one is taken out in one of the places that ask it.

A guard says who may see or do something. It is found by its shape, so that a new one can't be
forgotten: each yes or no of ``permissions.py`` on a user, each method of a queryset that takes
one, and what the first lines of pages and actions call. Taken out, a guard lets everybody through.
"""

import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db.models import QuerySet, Value
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import get_object_or_404
from django.urls import get_resolver
from rest_framework.permissions import IsAuthenticated

import annotations.actions
import annotations.queries
import exports.actions
from annotations import permissions
from annotations.actions import guards as first_lines
from annotations.actions import tokens
from annotations.api.authentication import SessionAuthentication
from annotations.models import ApiToken, Batch, Project, User
from annotations.models.prepared import prepared
from annotations.queries import progress
from annotations.views import lookup

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("annotations", "exports", "workbench")
ANYWHERE = "anywhere"
_places: dict[Any, str | None] = {}


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Refuse nobody."""


def _yes(*args: Any, **kwargs: Any) -> bool:
    return True


def _all(rows: QuerySet, *args: Any, **kwargs: Any) -> QuerySet:
    return rows.all()


def _none(rows: QuerySet, *args: Any, **kwargs: Any) -> QuerySet:
    return rows.none()


def _any_project(request: Any, slug: str, *roles: Any) -> Project:
    return get_object_or_404(Project, slug=slug)


def _any_batch(request: Any, uuid: Any, *, is_open_book: bool = False) -> Batch:
    batches = Batch.objects.select_related("project").annotate(is_open_book=Value(True))
    return get_object_or_404(batches, uuid=uuid)


def _open_book(batches: QuerySet, user: User) -> QuerySet:
    return batches.annotate(is_open_book=Value(True))


def _any_role(user: User, roles: Any) -> list[str]:
    return [str(role) for role in roles]


def _token_without(**fields: Any) -> Callable[..., ApiToken | None]:
    """Identify tokens as if none of them had these ``fields`` that narrow it."""

    def identify(*, key: str, at: Any) -> ApiToken | None:
        token = ApiToken.objects.filter(digest=tokens.digest(key)).first()
        if token is None or ("expires_at" not in fields and (token.expires_at or at) < at):
            return None
        for name, value in fields.items():
            setattr(token, name, value)
        return token

    return identify


def _querysets() -> set[type]:
    managers = (model._default_manager for model in apps.get_models())
    return {type(manager.all()) for manager in managers}


def found() -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """Yield each guard as what holds it, its name there, and what lets everybody through."""
    for name, function in inspect.getmembers(permissions, inspect.isfunction):
        asked = inspect.signature(function)
        is_asked = not name.startswith("_") and "user" in asked.parameters
        if is_asked and asked.return_annotation in (bool, "bool"):
            yield permissions, name, _yes
    for queryset in sorted(_querysets(), key=lambda found: found.__name__):
        for name, method in vars(queryset).items():
            if inspect.isfunction(method) and "user" in inspect.signature(method).parameters:
                yield queryset, name, _none if name == "blind_to" else _all
    yield User, "usable", _any_role
    yield lookup, "project_for", _any_project
    yield lookup, "batch_for", _any_batch
    yield progress, "with_open_book", _open_book
    for name in ("lock_for_change", "lock_for_proposal"):
        yield first_lines, name, lambda project, **kwargs: first_lines._locked(project)
    yield first_lines, "refuse_blind", _nothing
    yield IsAuthenticated, "has_permission", _yes
    yield LoginRequiredMiddleware, "process_view", _nothing
    yield CsrfViewMiddleware, "process_view", _nothing
    yield SessionAuthentication, "enforce_csrf", _nothing


class Guards:
    """Watches who asks which guard; those in ``out`` let everybody through.

    ``asked`` and ``out`` name a guard as ``guard in place``; ``out`` also ``guard in anywhere``.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.monkeypatch = monkeypatch
        self.asked: set[str] = set()
        self.out: frozenset[str] = frozenset()
        # A prepared query asks its guards when it is put together: here that is each time.
        monkeypatch.setattr(
            prepared, "__call__", lambda query, *arguments: list(query.build(*arguments))
        )
        self.names: list[str] = []
        # What is imported only now would keep the watched functions for ever.
        _import_everything()
        for holder, name, lets_through in found():
            self._watch(holder, name, lets_through)
        for field in ("expires_at", "project"):
            self._watch(tokens, "identify", _token_without(**{field: None}), f" by its {field}")

    def _watch(self, holder: Any, name: str, lets_through: Any, more: str = "") -> None:
        original = getattr(holder, name)
        guard = f"{getattr(holder, '__name__', '').removeprefix('annotations.')}.{name}{more}"
        self.names.append(guard)

        @wraps(original)
        def ask(*args: Any, **kwargs: Any) -> Any:
            place = f"{guard} in {_place()}"
            self.asked.add(place)
            if self.out & {place, f"{guard} in {ANYWHERE}"}:
                return lets_through(*args, **kwargs)
            return original(*args, **kwargs)

        self.monkeypatch.setattr(holder, name, ask)
        # A function that others have imported is looked up where they keep it.
        for module in [
            module for key, module in sys.modules.items() if key.startswith((*PRODUCT, "tests."))
        ]:
            if getattr(module, name, None) is original:
                self.monkeypatch.setattr(module, name, ask)


def _import_everything() -> None:
    """Import what asks guards: all views and actions."""
    assert get_resolver().url_patterns
    for package in (annotations.actions, annotations.queries, exports.actions):
        for found in pkgutil.iter_modules(package.__path__):
            import_module(f"{package.__name__}.{found.name}")


def _place() -> str:
    """Name the function of the product that asks; a method by the class of its object."""
    frame = sys._getframe(2)
    while frame is not None:
        if (module := _module(frame.f_code)) is not None:
            held = frame.f_locals.get("self")
            name = frame.f_code.co_qualname
            if held is not None and not isinstance(held, QuerySet):
                name = f"{type(held).__name__}.{frame.f_code.co_name}"
            return f"{module}:{name}"
        frame = frame.f_back
    return "no place of the product"


def _module(code: Any) -> str | None:
    if code not in _places:
        path = Path(code.co_filename)
        inside = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        _places[code] = str(inside) if inside.parts[0] in PRODUCT else None
    return _places[code]
