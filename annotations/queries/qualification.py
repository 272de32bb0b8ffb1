"""Whom a batch is open to, by what their training came to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from annotations.models import Admission, Assignment, Attempt, Batch, Member
from annotations.queries.training import strict_f1


@dataclass(frozen=True)
class Standing:
    """What a coder's last training articles came to, each as it was first handed in.

    ``f1`` is strict F1 over all their spans; none where there are no spans at all.
    """

    articles: int
    f1: float | None

    def reaches(self, batch: Any) -> bool:
        """Whether this opens ``batch``, or what is asked for like one."""
        return (
            self.articles >= batch.required_articles
            and self.f1 is not None
            and self.f1 >= batch.required_f1
        )


@dataclass(frozen=True)
class Missing:
    """What a coder has yet to come to before a batch is open."""

    batch: Any
    standing: Standing
    #: The training article that the coder can go on with.
    training: Assignment | None = None

    @property
    def is_met(self) -> bool:
        return self.standing.reaches(self.batch)

    def __str__(self) -> str:
        """Say it to the coder."""
        asked = ngettext(
            "“%(batch)s” is for coders who agree with gold by a strict F1 of %(f1)s or more "
            "over %(count)s training article",
            "“%(batch)s” is for coders who agree with gold by a strict F1 of %(f1)s or more "
            "over their last %(count)s training articles",
            self.batch.required_articles,
        ) % {
            "batch": self.batch.name,
            "f1": floatformat(self.batch.required_f1, 3),
            "count": self.batch.required_articles,
        }
        return f"{asked}; {self.so_far}"

    @property
    def so_far(self) -> str:
        if self.standing.articles < self.batch.required_articles:
            text = ngettext(
                "you have handed in %(count)s so far.",
                "you have handed in %(count)s so far.",
                self.standing.articles,
            )
            return text % {"count": self.standing.articles}
        if self.standing.f1 is None:
            return _("there were no spans in yours to judge by.")
        return _("yours come to %(f1)s.") % {"f1": floatformat(self.standing.f1, 3)}


def standing(member: Member, articles: int) -> Standing:
    """Return what ``member``'s last so many training articles came to."""
    first = Attempt.objects.filter(
        assignment__coder=member, assignment__task__batch__is_training=True, number=1
    )
    counted = list(first.order_by("-pk")[:articles])
    return Standing(len(counted), strict_f1(counted))


def standings(member: Member) -> list[Missing]:
    """Return how ``member`` stands to each open pool of the own that requires training."""
    asking = Batch.objects.filter(drawers=member, closed_at=None).order_by("created_at", "pk")
    return [_held_to(member, batch) for batch in asking if batch.required_articles is not None]


def is_admitted(member: Member) -> bool:
    """Say whether an admin has let ``member`` in by hand."""
    return Admission.objects.filter(member=member, ended_at=None).exists()


def missing(member: Member, batch: Any) -> Missing | None:
    """Return what ``member`` lacks for ``batch``, which may be one that is only planned."""
    if batch.required_articles is None:
        return None
    found = _held_to(member, batch)
    return None if found.is_met or is_admitted(member) else found


def admission_of(member: Member) -> Admission | None:
    """Return how ``member`` was let in by hand, if that holds."""
    return member.admissions.filter(ended_at=None).select_related("admitted_by").first()


def training_of(member: Member) -> Assignment | None:
    """Return the training article that ``member`` can do next."""
    own = Assignment.objects.unfinished().filter(coder=member, task__batch__is_training=True)
    return own.order_by("task__batch__created_at", "position", "pk").first()


def barred(member: Member, batches: QuerySet[Batch]) -> list[Missing]:
    """Return what ``member`` lacks for those of ``batches`` that are not open yet."""
    asking = list(batches.exclude(required_articles=None).order_by("created_at", "pk"))
    if not asking or is_admitted(member):
        return []
    found = (_held_to(member, batch) for batch in asking)
    return [one for one in found if not one.is_met]


def _held_to(member: Member, batch: Any) -> Missing:
    """Return how ``member`` stands to what ``batch`` requires."""
    return Missing(batch, standing(member, batch.required_articles))
