"""Projects: begun, described, archived."""

import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from annotations.actions import codebook
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.enums import Change, Role
from annotations.exceptions import Forbidden, Invalid
from annotations.models import AuditEvent, Member, Project, User
from annotations.permissions import can_administer, can_create_project

DEFAULT_SETTINGS: dict[str, Any] = {
    "auto_decide": "unanimous",
    "auto_finish": True,
    "show_names": False,
    "adjudicate_own": False,
    "reasons": [],
    "feedback": True,
}

#: The word after "projects/" in the address of the page that begins one.
RESERVED_SLUGS = frozenset({"new"})


class SlugTaken(Invalid):
    """Another project has this short name, or it may not be used as one."""

    code = "slug_taken"


@transaction.atomic
def create(
    *,
    name: str,
    by: User,
    at: datetime,
    slug: str = "",
    description: str = "",
    settings: dict[str, Any] | None = None,
) -> Project:
    """Begin a project with the default labels; who creates it is its first admin.

    Without a ``slug`` one is made of the name, with a number if need be.
    """
    if not can_create_project(by):
        raise Forbidden(_("This account or token can’t create projects."))
    slug = slug or _free_slug(name)
    if slug in RESERVED_SLUGS:
        raise _slug_taken(slug)
    try:
        with transaction.atomic():
            project = Project.objects.create(
                slug=slug,
                name=name,
                description=description,
                settings=DEFAULT_SETTINGS | (settings or {}),
                secret=secrets.token_bytes(32),
                created_by=by,
                created_at=at,
            )
    except IntegrityError as error:
        raise _slug_taken(slug) from error
    Member.objects.create(project=project, user=by, roles=[Role.ADMIN], joined_at=at)
    record(AuditEvent.Kind.PROJECT_CREATED, target=project, by=by, at=at)
    codebook.publish(
        project=project,
        labels=codebook.DEFAULT_LABELS,
        change=Change.MEANING,
        by=by,
        at=at,
    )
    return project


@transaction.atomic
def update(
    *,
    project: Project,
    by: User,
    at: datetime,
    name: str | None = None,
    description: str | None = None,
    settings: dict[str, Any] | None = None,
) -> Project:
    """Change what is given; of ``settings`` only the keys that are named."""
    project = lock_for_change(project, by=by)
    given = {"name": name, "description": description}
    changes: dict[str, Any] = {
        field: value
        for field, value in given.items()
        if value is not None and value != getattr(project, field)
    }
    if settings:
        merged = DEFAULT_SETTINGS | project.settings | settings
        if merged != project.settings:
            changes["settings"] = merged
    if not changes:
        return project
    for field, value in changes.items():
        setattr(project, field, value)
    project.save(update_fields=list(changes))
    record(AuditEvent.Kind.PROJECT_CHANGED, target=project, by=by, at=at, changed=sorted(changes))
    return project


@transaction.atomic
def archive(*, project: Project, by: User, at: datetime) -> Project:
    """Close the project to all writing, until it is restored. Again, it changes nothing."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not can_administer(by, project):
        raise Forbidden(_("Only an admin of the project can do that."))
    if project.archived_at is None:
        project.archived_at = at
        project.save(update_fields=["archived_at"])
        record(AuditEvent.Kind.PROJECT_ARCHIVED, target=project, by=by, at=at)
    return project


@transaction.atomic
def restore(*, project: Project, by: User, at: datetime) -> Project:
    """Open an archived project to work again, as it was. On an open one it changes nothing."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if not can_administer(by, project):
        raise Forbidden(_("Only an admin of the project can do that."))
    if project.archived_at is not None:
        project.archived_at = None
        project.save(update_fields=["archived_at"])
        record(AuditEvent.Kind.PROJECT_REOPENED, target=project, by=by, at=at)
    return project


def _free_slug(name: str) -> str:
    stem = slugify(name).replace("_", "-").strip("-")[:70] or "project"
    taken = set(Project.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in candidates if slug not in taken | RESERVED_SLUGS)


def _slug_taken(slug: str) -> SlugTaken:
    message = _("“%(slug)s” is taken; choose another short name.") % {"slug": slug}
    return SlugTaken(message, errors=[{"field": "slug", "code": "taken", "detail": message}])
