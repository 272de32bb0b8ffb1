"""How far a project has come on the road from articles to gold, as far as one may know."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    Exists,
    F,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import JSONObject

from annotations.enums import AssignmentState, Role, TaskState
from annotations.models import Article, Batch, Member, Project, Task, TaskTally, User
from annotations.queries.own_work import own_assignments

STATIONS = ("import", "batch", "code", "adjudicate", "release")


@dataclass
class Road:
    """Counts along the road; ``None`` is what the reader's roles do not show.

    Batches to which the reader is blind are left out; ``hidden`` says how many.
    ``failed_release`` names the last release, if it failed.
    """

    roles: set[str]
    hidden: int = 0
    articles: int | None = None
    unbatched: int | None = None
    coders: int | None = None
    adjudicators: int | None = None
    tasks: int | None = None
    coded: int | None = None
    awaiting: int | None = None
    adjudicated: int | None = None
    own: int | None = None
    own_submitted: int | None = None
    releases: int | None = None
    failed_release: dict[str, Any] | None = None

    @property
    def stations(self) -> dict[str, str]:
        """Say of each station whether it is ``done``, ``now`` or ``ahead``."""
        tasks = self.tasks or 0
        if self.tasks is None and self.own:
            is_coded = self.own == self.own_submitted
            return {"import": "done", "batch": "done", "code": "done" if is_coded else "now"}
        if self.articles is None and self.releases:
            # Who sees releases alone still knows that these came all the way.
            return dict.fromkeys(STATIONS, "done")
        return {
            "import": "done" if self.articles or tasks else "now",
            "batch": "done" if tasks else "now" if self.articles else "ahead",
            "code": _progress(self.coded, tasks),
            "adjudicate": "now" if self.awaiting else _end(self.adjudicated, tasks),
            "release": "done" if self.releases else _release(self.adjudicated, tasks),
        }

    @property
    def next_step(self) -> str:
        """Name the one thing to do next, by the reader's roles; empty if nothing waits."""
        for step, waits in self._steps():
            if waits:
                return step
        return ""

    def _steps(self):
        if Role.CODER in self.roles:
            yield "code", self.own and self.own_submitted != self.own
        if Role.ADJUDICATOR in self.roles:
            yield "adjudicate", self.awaiting
        if Role.ADMIN in self.roles:
            yield "import", not self.articles
            # What came coded needs none.
            yield "people", not self.coders and (self.unbatched or not self.tasks)
            yield "batch", not self.tasks and not self.hidden
            yield "name-adjudicator", self.awaiting and not self.adjudicators
            yield "watch", self.tasks and self.adjudicated != self.tasks
            yield "release", self.adjudicated and not self.releases
        if Role.RESEARCHER in self.roles:
            yield "download", self.releases


def road(project: Project, user: User, member: Member) -> Road:
    """Return how far ``project`` has come, of which ``user`` is a member. One query."""
    roles = set(user.usable(tuple(Role(role) for role in member.roles)))
    view = Road(roles)
    counted: dict[str, Subquery] = {}
    for name, (rows, aggregates) in _countable(project, user, roles).items():
        counted[f"of_{name}"] = _counts(rows, **aggregates)
        for field in aggregates:
            setattr(view, field, 0)
    if not counted:
        return view
    if roles & {Role.ADMIN, Role.RESEARCHER}:
        last = project.releases.visible_to(user).order_by("-number")
        told = JSONObject(name="name", uuid="uuid", state="state")
        counted["last_release"] = Subquery(last.values(told=told)[:1], output_field=JSONField())
    here: Any = Project.objects.filter(pk=project.pk)
    row = here.values(**counted).get()
    last_release = row.pop("last_release", None)
    if last_release and last_release["state"] == "failed":
        view.failed_release = last_release
    for counts in row.values():
        for field, count in (counts or {}).items():
            setattr(view, field, count)
    return view


def _countable(
    project: Project, user: User, roles: set[str]
) -> dict[str, tuple[QuerySet[Any], dict[str, Aggregate]]]:
    """Return what the roles show: rows, and how they are counted by the road's own names."""
    found: dict[str, tuple[QuerySet[Any], dict[str, Aggregate]]] = {}
    if roles & {Role.ADMIN, Role.ADJUDICATOR}:
        batches = Batch.objects.published().filter(project=project)
        found["batches"] = batches.blind_to(user), {"hidden": Count("pk")}
        articles = Article.objects.visible_to(user).filter(project=project, withdrawn_at=None)
        given = Task.objects.kept().filter(article=OuterRef("pk"))
        found["articles"] = articles, {"articles": Count("pk")}
        found["unbatched"] = articles.filter(~Exists(given)), {"unbatched": Count("pk")}
        # Where gold was known before there is nothing to come to.
        ones = F("tasks") - F("known")
        known = batches.open_book_for(user)
        found["tasks"] = (
            TaskTally.objects.filter(batch__in=known).exclude(state=TaskState.DROPPED),
            {
                "tasks": Sum(ones, default=0),
                "coded": Sum(ones, filter=~Q(state=TaskState.OPEN), default=0),
                "awaiting": Sum(
                    ones,
                    filter=Q(state__in=[TaskState.CODED, TaskState.ADJUDICATING]),
                    default=0,
                ),
                "adjudicated": Sum(ones, filter=Q(state=TaskState.ADJUDICATED), default=0),
            },
        )
    if Role.ADMIN in roles:
        found["people"] = (
            project.members.current().people(),
            {
                "coders": Count("pk", filter=Q(roles__contains=[Role.CODER])),
                "adjudicators": Count("pk", filter=Q(roles__contains=[Role.ADJUDICATOR])),
            },
        )
    if Role.CODER in roles:
        found["own"] = (
            own_assignments(user, project),
            {
                "own": Count("pk"),
                "own_submitted": Count("pk", filter=Q(state=AssignmentState.SUBMITTED)),
            },
        )
    if roles & {Role.ADMIN, Role.RESEARCHER}:
        ready = project.releases.visible_to(user).filter(state="ready")
        found["releases"] = ready, {"releases": Count("pk")}
    return found


def _counts(rows: QuerySet[Any], **aggregates: Aggregate) -> Subquery:
    """Count ``rows`` in one pass, as one value of a larger query; none at all gives zeros."""
    all_of_them = rows.order_by().annotate(all=Value(1)).values("all")
    return Subquery(
        all_of_them.annotate(**{f"n_{name}": count for name, count in aggregates.items()}).values(
            counts=JSONObject(**{name: f"n_{name}" for name in aggregates})
        ),
        output_field=JSONField(),
    )


def _progress(done: int | None, total: int) -> str:
    if not total:
        return "ahead"
    return "done" if done == total else "now"


def _end(done: int | None, total: int) -> str:
    return "done" if total and done == total else "ahead"


def _release(done: int | None, total: int) -> str:
    return "now" if total and done == total else "ahead"
