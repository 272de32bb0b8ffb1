"""How a page finds its project: a 404 for who may not see it, a 403 for who lacks the role."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from annotations.enums import Role
from annotations.models import Project
from annotations.permissions import has_role


def project_for(request: HttpRequest, slug: str, *roles: Role) -> Project:
    """Return the member's project; with ``roles``, only for who holds one of them."""
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    if roles and not has_role(request.user, project, *roles):
        raise PermissionDenied
    return project
