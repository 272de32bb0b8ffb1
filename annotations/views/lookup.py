"""How a page finds its project or batch: a 404 for who may not see it, a 403 for the role."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from annotations.enums import Role
from annotations.models import Batch, Project
from annotations.permissions import has_role
from annotations.queries.progress import with_open_book


def project_for(request: HttpRequest, slug: str, *roles: Role) -> Project:
    """Return the member's project; with ``roles``, only for who holds one of them."""
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    if roles and not has_role(request.user, project, *roles):
        raise PermissionDenied
    return project


def batch_for(request: HttpRequest, uuid: UUID, *, is_open_book: bool = False) -> Batch:
    """Return the batch, which the person runs, with ``is_open_book`` on it.

    With ``is_open_book`` only for who may know of the coders' work.
    """
    visible = with_open_book(Batch.objects.visible_to(request.user), request.user)
    batch = get_object_or_404(visible.select_related("project"), uuid=uuid)
    if is_open_book and not batch.is_open_book:
        raise Http404
    return batch


def page_number(given: str | None) -> int:
    """Return the page that an address asks for, the first one if it makes no sense."""
    given = given or ""
    is_number = given.isascii() and given.isdigit() and len(given) < 7
    return max(1, int(given)) if is_number else 1
