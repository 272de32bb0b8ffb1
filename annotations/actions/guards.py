"""How an action begins that changes a project: its row locked, its admin checked."""

from django.utils.translation import gettext as _

from annotations.exceptions import Forbidden, Refused
from annotations.models import Project, User
from annotations.permissions import can_administer


class Archived(Refused):
    """The project is archived: it can be read, but no longer changed."""

    code = "archived"


def lock_for_change(project: Project, *, by: User | None) -> Project:
    """Lock the project's row and return it fresh, or refuse what ``by`` may not change.

    ``by`` is nobody on the command line, whose operator may do what an admin may.
    """
    # Its key is safe, so rows that point to it can be written meanwhile: whoever holds a task
    # or a piece of work, and writes its event, must not wait for who holds the project.
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if by is not None and not can_administer(by, project):
        raise Forbidden(_("Only an admin of the project can do that."))
    if project.archived_at is not None:
        raise Archived(_("The project is archived and can no longer be changed."))
    return project
