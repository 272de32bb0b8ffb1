"""What happened in a project lately, in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from annotations.models import AuditEvent, Batch, Member, Project, User
from annotations.queries import history

SHOWN = 20

#: Read to find so many that are told apart: what one person did again and again is one line.
READ = 120

Kind = AuditEvent.Kind

#: What was done, as it follows the name of who did it. ``whom`` is the member it was done to.
DEEDS: dict[str, Any] = {
    Kind.PROJECT_CREATED: _("began the project"),
    Kind.PROJECT_CHANGED: _("changed the settings"),
    Kind.PROJECT_ARCHIVED: _("archived the project"),
    Kind.PROJECT_REOPENED: _("brought the project back"),
    Kind.MEMBER_ADDED: _("brought %(whom)s into the project"),
    Kind.MEMBER_CHANGED: _("changed the roles of %(whom)s"),
    Kind.MEMBER_REMOVED: _("deactivated %(whom)s"),
    Kind.MEMBER_RETURNED: _("brought %(whom)s back"),
    Kind.PASSWORD_LINK_MADE: _("made a password link for %(whom)s"),
    Kind.INVITATION_MADE: _("made an invitation link"),
    Kind.INVITATION_REVOKED: _("revoked an invitation link"),
    Kind.CODEBOOK_PUBLISHED: _("published a version of the codebook"),
    Kind.CODEBOOK_DRAFT_DISCARDED: _("discarded the draft of the codebook"),
    Kind.CODEBOOK_REVIEW_ASKED: _("gave spans of “%(batch)s” to review"),
    Kind.IMPORT_REQUESTED: _("asked for an import"),
    Kind.IMPORT_FINISHED: _("finished an import"),
    Kind.IMPORT_CANCELLED: _("cancelled an import"),
    Kind.ARTICLE_WITHDRAWN: _("withdrew an article"),
    Kind.ARTICLE_RESTORED: _("brought a withdrawn article back"),
    Kind.BATCH_OPENED: _("gave out a batch"),
    Kind.BATCH_CLOSED: _("closed “%(batch)s”"),
    Kind.BATCH_REMINDED: _("reminded coders of “%(batch)s”"),
    Kind.RELEASE_REQUESTED: _("asked for a release"),
    Kind.RELEASE_READY: _("finished a release"),
    Kind.RELEASE_CANCELLED: _("cancelled a release"),
    Kind.RELEASE_RETRACTED: _("retracted a release"),
    Kind.ARTICLE_CORRECTED: ngettext_lazy(
        "corrected %(count)s article", "corrected %(count)s articles", "count"
    ),
    Kind.ASSIGNMENT_SUBMITTED: ngettext_lazy(
        "handed in %(count)s article of “%(batch)s”",
        "handed in %(count)s articles of “%(batch)s”",
        "count",
    ),
    Kind.ASSIGNMENT_RETURNED: ngettext_lazy(
        "returned %(count)s article of “%(batch)s”",
        "returned %(count)s articles of “%(batch)s”",
        "count",
    ),
    Kind.ASSIGNMENT_RELEASED: ngettext_lazy(
        "took %(count)s article of “%(batch)s” away",
        "took %(count)s articles of “%(batch)s” away",
        "count",
    ),
    Kind.ASSIGNMENT_REASSIGNED: _("reassigned work in “%(batch)s”"),
    Kind.CARD_RULED: ngettext_lazy(
        "made %(count)s ruling in “%(batch)s”", "made %(count)s rulings in “%(batch)s”", "count"
    ),
    Kind.TASK_ADJUDICATED: ngettext_lazy(
        "finished %(count)s article of “%(batch)s”",
        "finished %(count)s articles of “%(batch)s”",
        "count",
    ),
    Kind.TASK_REOPENED: ngettext_lazy(
        "reopened %(count)s article of “%(batch)s”",
        "reopened %(count)s articles of “%(batch)s”",
        "count",
    ),
    Kind.QUESTION_ANSWERED: ngettext_lazy(
        "answered %(count)s question", "answered %(count)s questions", "count"
    ),
    Kind.FILE_DOWNLOADED: ngettext_lazy(
        "downloaded %(count)s file", "downloaded %(count)s files", "count"
    ),
}


@dataclass
class Line:
    """Who did what, and how often on a day; nobody stands for the workbench itself."""

    actor: User | None
    kind: str
    batch: Batch | None
    at: datetime
    whom: str = ""
    count: int = 1

    @property
    def deed(self) -> str:
        """What was done, in words that follow the name."""
        named = {
            "whom": self.whom,
            "count": self.count,
            "batch": self.batch.name if self.batch else "",
        }
        deed = DEEDS.get(self.kind)
        return str(deed % named) if deed else str(Kind(self.kind).label)


def latest(project: Project, user: User) -> list[Line]:
    """Return the last things that ``user`` may know of, newest first. Two queries."""
    events = list(history.events(project, user).order_by("-at", "-pk")[:READ])
    return _folded(events, _names(events))[:SHOWN]


def _names(events: Iterable[AuditEvent]) -> dict[Any, str]:
    named = {event.target_uuid for event in events if event.target_type == "member"}
    members = Member.objects.filter(uuid__in=named).select_related("user")
    return {member.uuid: member.name for member in members}


def _folded(events: Iterable[AuditEvent], names: dict[Any, str]) -> list[Line]:
    """Tell what one person did again and again on a day in one line, as of its last time."""
    lines: dict[Any, Line] = {}
    for event in events:
        whom = names.get(event.target_uuid, "")
        day = timezone.localdate(event.at)
        about = (event.actor_id, event.kind, event.batch_id, day, whom)
        if about in lines:
            lines[about].count += 1
        else:
            lines[about] = Line(event.actor, event.kind, event.batch, event.at, whom)
    return list(lines.values())
