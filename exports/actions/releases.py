"""What a person does with a release: ask for it, call it off, take it back, fetch it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import refuse_archived
from annotations.actions.jobs import wake_on_commit
from annotations.enums import ReleaseState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import AuditEvent, Project, User
from annotations.permissions import can_publish
from exports import queries
from exports.models import Release, ReleaseFile
from exports.recipe import Recipe


class CannotPublish(Forbidden):
    """Releases are the admin's, and only of batches that the admin may know of."""

    code = "cannot_publish"


class BadRecipe(Invalid):
    """What was asked for can't be built; ``errors`` says why."""

    code = "bad_recipe"


class CannotCancel(Refused):
    """Nothing is left to call off."""

    code = "not_running"


class CannotRetry(Refused):
    """Only what failed for a reason that may be gone can be tried again."""

    code = "not_retryable"


class CannotRetract(Refused):
    """Only what was published can be taken back."""

    code = "not_ready"


class ReasonMissing(Invalid):
    """Whoever relied on the release has to know why it was taken back."""

    code = "reason_missing"


@transaction.atomic
def request(
    *, project: Project, name: str, recipe: Recipe, by: User | None, at: datetime
) -> Release:
    """Queue the project's next release and ring for a worker.

    ``by`` is ``None`` on the command line, where whoever sits there may do anything.
    """
    if by is not None and not can_publish(by, project):
        raise CannotPublish(_("Only an admin of the project can make a release."))
    name = name.strip()
    faults = recipe.faults()
    if not name:
        faults.append({"field": "name", "code": "empty", "detail": _("Give the release a name.")})
    faults += _unknown_batches(project, recipe)
    if faults:
        raise BadRecipe(_("This release can’t be built as asked."), errors=faults)
    refuse_closed_batches(project=project, recipe=recipe, by=by)

    # Two requests at once would otherwise take the same number.
    refuse_archived(Project.objects.select_for_update(no_key=True).get(pk=project.pk))
    highest = project.releases.aggregate(highest=Max("number"))["highest"] or 0
    release = Release.objects.create(
        project=project,
        number=highest + 1,
        name=name,
        request=recipe.as_json(),
        has_real_names=recipe.real_names,
        has_unadjudicated=recipe.has_unadjudicated,
        requested_by=by,
        created_at=at,
    )
    record(AuditEvent.Kind.RELEASE_REQUESTED, target=release, by=by, at=at, number=release.number)
    wake_on_commit("releases.build", release_id=release.pk)
    return release


def refuse_closed_batches(*, project: Project, recipe: Recipe, by: User | None) -> None:
    """Raise unless ``by`` may know everything that the release would tell."""
    if by is None:
        return
    closed = queries.batches_closed_to(by, project, recipe).order_by("name")
    if names := ", ".join(closed.values_list("name", flat=True)):
        raise CannotPublish(
            _("You code in these batches yourself, so that you can’t release them yet: %(names)s.")
            % {"names": names}
        )


def _unknown_batches(project: Project, recipe: Recipe) -> list[dict[str, str]]:
    if recipe.batches is None:
        return []
    known = {
        str(uuid) for uuid in queries.batches_of(project, recipe).values_list("uuid", flat=True)
    }
    detail = _("There is no such batch in this project.")
    return [
        {"field": "batches", "code": "unknown_batch", "detail": f"{detail} ({uuid})"}
        for uuid in recipe.batches
        if uuid not in known
    ]


@transaction.atomic
def cancel(*, release: Release, by: User, at: datetime) -> Release:
    """Call a release off. A worker that is at it notices at its next write, and stops."""
    if not can_publish(by, release.project):
        raise CannotPublish(_("Only an admin of the project can cancel a release."))
    refuse_archived(release.project)
    release = _locked(release)
    if release.state == ReleaseState.CANCELLED:
        return release
    if not release.is_unfinished:
        raise CannotCancel(_("This release is no longer being built."))
    Release.objects.filter(pk=release.pk).update(
        state=ReleaseState.CANCELLED, epoch=F("epoch") + 1, lease_until=None, finished_at=at
    )
    record(AuditEvent.Kind.RELEASE_CANCELLED, target=release, by=by, at=at)
    release.refresh_from_db()
    return release


@transaction.atomic
def retry(*, release: Release, by: User, at: datetime) -> Release:
    """Queue a release again that failed. If it was frozen, it is of what was pinned then."""
    if not can_publish(by, release.project):
        raise CannotPublish(_("Only an admin of the project can try a release again."))
    refuse_archived(release.project)
    release = _locked(release)
    if not release.is_retryable:
        raise CannotRetry(_("Only a release that failed can be tried again, and not for ever."))
    release.state = ReleaseState.QUEUED
    release.is_retryable = False
    release.failure = ""
    release.finished_at = None
    release.save(update_fields=["state", "is_retryable", "failure", "finished_at"])
    record(
        AuditEvent.Kind.RELEASE_REQUESTED,
        target=release,
        by=by,
        at=at,
        number=release.number,
        again=True,
    )
    wake_on_commit("releases.build", release_id=release.pk)
    return release


@transaction.atomic
def retract(*, release: Release, reason: str, by: User, at: datetime) -> Release:
    """Mark a published release as not to be relied on. Its bytes are kept."""
    if not can_publish(by, release.project):
        raise CannotPublish(_("Only an admin of the project can retract a release."))
    refuse_archived(release.project)
    release = _locked(release)
    if release.state != ReleaseState.READY:
        raise CannotRetract(_("Only a ready release can be retracted."))
    if not reason.strip():
        raise ReasonMissing(
            _("Say why the release is retracted."),
            errors=[{"field": "reason", "code": "empty", "detail": _("Give a reason.")}],
        )
    release.state = ReleaseState.RETRACTED
    release.retracted_reason = reason.strip()
    release.save(update_fields=["state", "retracted_reason"])
    record(AuditEvent.Kind.RELEASE_RETRACTED, target=release, by=by, at=at, reason=reason.strip())
    return release


@transaction.atomic
def hand_out(*, file: ReleaseFile, by: User, at: datetime) -> None:
    """Note that somebody fetched a file, or a part of it."""
    record(
        AuditEvent.Kind.FILE_DOWNLOADED,
        target=file.release,
        by=by,
        at=at,
        file=file.name,
        sha256=file.sha256,
    )


def _locked(release: Release) -> Release:
    return Release.objects.select_for_update().select_related("project").get(pk=release.pk)
