"""Two published releases of a project: which can be compared, and the way to their lines."""

from collections.abc import Iterator
from typing import IO
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from annotations.exceptions import Refused
from annotations.models import User
from exports import folders
from exports.formats import jsonl
from exports.models import Comparison, Release, ReleaseChange


class CannotCompare(Refused):
    """Only what was published and is still there can be compared, and with something else."""

    code = "nothing_to_compare"


def others(release: Release, user: User) -> QuerySet[Release]:
    """Keep the releases that ``user`` may compare ``release`` with, newest first."""
    visible = Release.objects.visible_to(user).with_files().filter(project=release.project_id)
    return visible.exclude(pk=release.pk).order_by("-number")


def one_before(release: Release, user: User) -> Release | None:
    """Return the published release before this one that ``user`` may see."""
    if not release.has_files:
        return None
    return others(release, user).filter(number__lt=release.number).first()


def chosen(release: Release, uuid: UUID | None, user: User) -> Release:
    """Return the release to compare with: the one asked for, else the one before.

    Raises ``CannotCompare``, or ``Http404`` for one that ``user`` can't see or that is of
    another project.
    """
    if release.purged_at is not None:
        raise CannotCompare(_("The files of this release are gone: it can’t be compared."))
    if not release.has_files:
        raise CannotCompare(_("This release is not published, so that it can’t be compared."))
    if uuid is not None:
        return get_object_or_404(others(release, user), uuid=uuid)
    before = one_before(release, user)
    if before is None:
        raise CannotCompare(_("There is no earlier release to compare this one with."))
    return before


def changes(
    comparison: Comparison, *, kind: str | None, after: int, size: int
) -> list[ReleaseChange]:
    """Return the next changes, of one kind or of all, behind the one numbered ``after``."""
    found = comparison.changes.filter(number__gt=after)
    if kind:
        found = found.filter(kind=kind)
    return list(found.order_by("number")[:size])


def lines(release: Release) -> Iterator[bytes]:
    """Yield the canonical lines of a release."""
    # Opened at once and not with the first line: what can't be read is said before anything is.
    return _read(folders.storage().open(release.files.get(name=jsonl.NAME).path))


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from file
