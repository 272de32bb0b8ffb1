"""Forget a person everywhere: in the row with the name, and in files that were made with it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from annotations.actions import erasure
from annotations.actions.audit import record
from annotations.enums import ReleaseState
from annotations.models import AuditEvent, User
from exports.actions import publishing
from exports.models import Release


@transaction.atomic
def erase_person(*, person: User, by: User | None, at: datetime) -> list[Release]:
    """Forget who ``person`` was, and return the releases whose files go for it.

    Those are the releases with real names that name the person; one that is
    being made is called off. What they said stays as hashes, and releases with
    pseudonyms are what they were. It can't be undone.
    """
    # The projects are locked by this: from here on nobody asks for another release with the name.
    person = erasure.forget(person=person, by=by, at=at)
    # A worker may be about to publish, an admin to try again one that failed: whoever has the row
    # first decides what the other one finds.
    locked = Release.objects.select_for_update().filter(has_real_names=True).order_by("pk")
    named = list(locked.filter(pk__in=Release.objects.naming(person).values("pk")))
    unfinished = [release for release in named if release.is_unfinished]
    published = [release for release in named if release.has_files]
    for release in unfinished:
        _call_off(release, by=by, at=at)
    for release in published:
        _purge(release, by=by, at=at)
    return unfinished + published


def _call_off(release: Release, *, by: User | None, at: datetime) -> None:
    Release.objects.filter(pk=release.pk).update(
        state=ReleaseState.CANCELLED, epoch=F("epoch") + 1, lease_until=None, finished_at=at
    )
    record(AuditEvent.Kind.RELEASE_CANCELLED, target=release, by=by, at=at)
    transaction.on_commit(lambda: publishing.clear_up(release), robust=True)


def _purge(release: Release, *, by: User | None, at: datetime) -> None:
    release.state = ReleaseState.RETRACTED
    release.retracted_reason = release.retracted_reason or _("A person whom it names was erased.")
    release.purged_at = at
    release.save(update_fields=["state", "retracted_reason", "purged_at"])
    record(
        AuditEvent.Kind.RELEASE_PURGED,
        target=release,
        by=by,
        at=at,
        number=release.number,
        files=[
            {"name": name, "sha256": sha256}
            for name, sha256 in release.files.order_by("name").values_list("name", "sha256")
        ],
    )
    # Where that fails, the sweep does it, and until then `fsck` says so.
    transaction.on_commit(lambda: publishing.clear_up(release), robust=True)
