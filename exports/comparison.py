"""Two published releases of a project: which can be compared, and the way to their lines."""

from collections.abc import Iterable, Iterator
from typing import IO
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from annotations.exceptions import Refused
from annotations.models import User
from exports import folders
from exports.difference import ArticleChange, Difference
from exports.formats import jsonl
from exports.models import Release


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


def compare(since: Release, release: Release) -> tuple[Difference, Iterator[ArticleChange]]:
    """Return what counts the differences, and the articles that differ, to be taken one by one."""
    difference = Difference(since.manifest, release.manifest)
    return difference, difference.changes(_lines(since), _lines(release))


def page(
    changes: Iterable[ArticleChange], *, kind: str, after: str, size: int
) -> tuple[list[ArticleChange], bool]:
    """Take all ``changes``; return the first ones of a kind behind an article, and if more are."""
    found: list[ArticleChange] = []
    has_more = False
    for change in changes:
        if (not kind or change.kind == kind) and change.id > after:
            has_more = len(found) == size
            if not has_more:
                found.append(change)
    return found, has_more


def _lines(release: Release) -> Iterator[bytes]:
    # Opened at once and not with the first line: what can't be read is said before anything is.
    file = folders.storage().open(release.files.get(name=jsonl.NAME).path)
    return _read(file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from file
