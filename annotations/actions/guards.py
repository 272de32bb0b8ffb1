"""How an action begins that changes a project: its row locked, its admin checked."""

from django.utils.translation import gettext as _

from annotations.exceptions import Forbidden, Refused
from annotations.models import Batch, Member, Project, User
from annotations.permissions import can_administer, can_know_of, can_propose
from annotations.queries import qualification


class Archived(Refused):
    """The project is archived: it can be read, but no longer changed."""

    code = "archived"


class Blind(Forbidden):
    """What would come of it tells of the other coders, of whom the admin may not know yet."""

    code = "blind"


class NotAdmitted(Refused):
    """The batch is for coders whose training came to enough; the sentence says what is missing."""

    code = "not_admitted"


def lock_for_change(project: Project, *, by: User | None) -> Project:
    """Lock the project's row and return it fresh, or refuse what ``by`` may not change.

    ``by`` is nobody on the command line, whose operator may do what an admin may.
    """
    project = _locked(project)
    if by is not None and not can_administer(by, project):
        raise Forbidden(_("Only an admin of the project can do that."))
    refuse_archived(project)
    return project


def lock_for_proposal(project: Project, *, by: User) -> Project:
    """Lock the row of a project for whose codebook ``by`` proposes something."""
    project = _locked(project)
    refuse_archived(project)
    if not can_propose(by, project):
        raise Forbidden(_("Only those who run the project or rule in it can do that."))
    return project


def lock_for_joining(project: Project) -> Project:
    """Lock the row of a project whose members are about to change by their own doing."""
    project = _locked(project)
    refuse_archived(project)
    return project


def refuse_archived(project: Project) -> None:
    """Refuse whatever would change an archived project."""
    if project.archived_at is not None:
        raise Archived(_("The project is archived and can no longer be changed."))


def refuse_blind(batch: Batch, *, by: User) -> None:
    """Refuse an admin who still codes in the batch."""
    if not can_know_of(by, batch):
        raise Blind(_("You code in this batch yourself, so that only another admin can do that."))


def refuse_unqualified(member: Member, batch: Batch) -> None:
    """Refuse to give work of ``batch`` to who has not come up to what it requires."""
    if qualification.missing(member, batch) is not None:
        raise NotAdmitted(
            _("%(name)s has not come up to the training that this batch requires.")
            % {"name": member.name}
        )


def _locked(project: Project) -> Project:
    # Its key is safe, so rows that point to it can be written meanwhile: whoever holds a task
    # or a piece of work, and writes its event, must not wait for who holds the project.
    return Project.objects.select_for_update(no_key=True).get(pk=project.pk)
