"""Agreement figures as they are stored, and which of them coding has left behind."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from annotations.algorithms import agreement
from annotations.enums import AssignmentState, Role
from annotations.models import (
    AgreementReport,
    AgreementRow,
    Assignment,
    Batch,
    Member,
    Project,
    TaskTally,
    User,
    WorkTally,
)
from annotations.permissions import has_role

PENDING = "pending"
NOTHING_YET = {"value": None, "na": PENDING}
_KINDS = ("strict_f1", "extent_f1", "overlap_f1")


@dataclass(frozen=True)
class Scope:
    """What figures are about: batches of a project, and of them one label or some days.

    An article falls on the day, UTC, on which the last of its counted submissions came; both
    ends belong to the scope.
    """

    project: Project
    batches: Sequence[Batch]
    label: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def name(self) -> str:
        """Name the scope, so that each has one report."""
        parts: list[Any] = [sorted(str(batch.uuid) for batch in self.batches), self.label]
        if self.since or self.until:
            parts += [str(self.since), str(self.until)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def rows(self) -> QuerySet[AgreementRow]:
        """Return the rows of its articles that are measured, in a fixed order.

        Where gold was known before, work counts in no figure of its batch.
        """
        rows = AgreementRow.objects.measured().filter(
            task__batch__in=self.batches, task__known_gold=None
        )
        if self.since is not None:
            rows = rows.filter(coded_at__gte=_midnight(self.since))
        if self.until is not None:
            rows = rows.filter(coded_at__lt=_midnight(self.until) + timedelta(days=1))
        return rows.order_by("task")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def version_of(batches: Sequence[Batch]) -> int:
    """Return a number that grows with all that happens to the work in ``batches``."""
    rows = AgreementRow.objects.filter(task__batch__in=batches, task__known_gold=None)
    return rows.aggregate(sum=Sum("version"))["sum"] or 0


def open_batches(project: Project, user: User) -> QuerySet[Batch]:
    """Return the batches whose coders' agreement ``user`` may know of, role permitting."""
    return Batch.objects.published().filter(project=project).open_book_for(user)


def report_on(scope: Scope) -> AgreementReport | None:
    """Return the stored report on ``scope``, without its details, if there is one."""
    return _reports(scope).defer("details").first()


def _reports(scope: Scope) -> QuerySet[AgreementReport]:
    return AgreementReport.objects.filter(project=scope.project, scope=scope.name)


def is_stale(report: AgreementReport | None, scope: Scope) -> bool:
    """Say whether anything happened that the figures of ``report`` don't rest on."""
    return report is None or report.version != version_of(scope.batches)


def as_contract(scope: Scope, user: User | None) -> dict[str, Any]:
    """Return what the agreement call answers, always from stored rows.

    Coders are called as ``called()`` says.
    """
    return _Stored.of(report_on(scope), scope, user).contract()


def details(scope: Scope, user: User | None) -> dict[str, Any]:
    """Return what goes beyond the contract, and how far the job is that computes it.

    ``state`` is ``none`` where nobody has asked yet, else the job's.
    """
    return _Stored.of(_reports(scope).first(), scope, user).details()


def whole(scope: Scope, user: User | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what ``as_contract`` and ``details`` do, from one look at what is stored."""
    stored = _Stored.of(_reports(scope).first(), scope, user)
    return stored.contract(), stored.details()


@dataclass(frozen=True)
class _Stored:
    """A report as it is stored, and what a reader may call the coders in it."""

    report: AgreementReport | None
    is_stale: bool
    names: Mapping[str, str]

    @classmethod
    def of(cls, report: AgreementReport | None, scope: Scope, user: User | None) -> "_Stored":
        has_figures = report is not None and report.figures is not None
        names = called(scope.project, user) if has_figures else {}
        return cls(report, is_stale(report, scope), names)

    def contract(self) -> dict[str, Any]:
        figures = self.report.figures if self.report else None
        return {
            "computed_at": self.report.computed_at if self.report else None,
            "stale": self.is_stale,
            **(renamed(figures, self.names) if figures else pending()),
        }

    def details(self) -> dict[str, Any]:
        found = {
            "computed_at": self.report.computed_at if self.report else None,
            "stale": self.is_stale,
            "state": self.report.state if self.report else "none",
        }
        if self.report is None or self.report.details is None:
            return found | _pending_details()
        drift = [
            {**one, "coder": self.names[one["coder"]]} for one in self.report.details["drift"]
        ]
        return {
            **found,
            **self.report.details,
            "drift": sorted(drift, key=lambda one: one["coder"]),
        }


def coders_handed_in(scope: Scope) -> int:
    """Return how many coders have handed in something, at whatever time."""
    known = TaskTally.objects.filter(batch__in=scope.batches).values("batch")
    # Only where gold of some articles was known before, work has to be looked at.
    mixed = list(known.annotate(n=Sum("known")).filter(n__gt=0).values_list("batch", flat=True))
    lines = WorkTally.objects.filter(batch__in=scope.batches, state=AssignmentState.SUBMITTED)
    told = lines.exclude(batch__in=mixed).values("coder").annotate(n=Sum("number"))
    work = Assignment.objects.filter(
        task__batch__in=mixed, task__known_gold=None, state=AssignmentState.SUBMITTED
    )
    handed_in = Q(pk__in=told.filter(n__gt=0).values("coder")) | Q(pk__in=work.values("coder"))
    return Member.objects.filter(handed_in).count()


def pending() -> dict[str, Any]:
    """Return the shape of a report of which nothing is computed yet."""
    empty = agreement.report(agreement.rows_of([]))
    del empty["label_given_extent"]
    return {
        **empty,
        "alpha": {**NOTHING_YET, "articles": 0, "units": 0},
        "u_alpha": {
            name: {} if name == "by_label" else dict(NOTHING_YET) for name in empty["u_alpha"]
        },
        "mean_pair": {kind: dict(NOTHING_YET) for kind in _KINDS},
    }


def _pending_details() -> dict[str, Any]:
    headline = {"alpha": dict(NOTHING_YET), "strict_f1": dict(NOTHING_YET)}
    return {
        "drift": [],
        "words": [],
        "attributes": [],
        "later": {"articles": 0, "submissions": 0, "before": headline, "after": headline},
        "label_given_extent": {**NOTHING_YET, "units": 0},
    }


def renamed(figures: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return ``figures`` with coders called by ``names``, which lists them in its order."""
    pairs = [
        _in_order({**pair, "a": names[pair["a"]], "b": names[pair["b"]]})
        for pair in figures["pairs"]
    ]
    gold = [{**row, "coder": names[row["coder"]]} for row in figures["gold"]]
    return {
        **figures,
        "coders": sorted(names[coder] for coder in figures["coders"]),
        "pairs": sorted(pairs, key=lambda pair: (pair["a"], pair["b"])),
        "gold": sorted(gold, key=lambda row: row["coder"]),
    }


def _in_order(pair: dict[str, Any]) -> dict[str, Any]:
    """Put the pair's coders in the order of their shown names: another would tell theirs."""
    if pair["a"] <= pair["b"]:
        return pair
    turned = {"a": "b", "b": "a", "spans_a": "spans_b", "spans_b": "spans_a"}
    return {name: pair[turned.get(name, name)] for name in pair}


def called(project: Project, user: User | None) -> dict[str, str]:
    """Return what ``user`` may call each member, by UUID: their name, or a pseudonym that holds
    for the whole project. Nobody is the operator of the command line, who may know names."""
    members = list(Member.objects.filter(project=project).select_related("user"))
    is_admin = user is None or has_role(user, project, Role.ADMIN)
    if is_admin or project.settings.get("show_names"):
        taken = {member.name for member in members if not member.is_external}
        return {
            str(member.uuid): f"{member.name} (external)"
            if member.is_external and member.name in taken
            else member.name
            for member in members
        }
    key = bytes(project.secret)
    hidden = sorted(
        (str(member.uuid) for member in members),
        key=lambda member: hmac.digest(key, f"agreement\n{member}".encode(), "sha256"),
    )
    width = len(str(len(hidden)))
    return {member: f"coder-{place:0{width}}" for place, member in enumerate(hidden, start=1)}
