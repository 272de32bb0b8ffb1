"""How far a project has come on the road from articles to gold, as far as one may know."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from annotations.enums import Role, TaskState
from annotations.models import Article, Batch, Member, Project, Task, User
from annotations.queries.own_work import own_assignments


@dataclass
class Road:
    """Counts along the road; ``None`` is what the reader's roles do not show.

    Batches to which the reader is blind are left out; ``hidden`` says how many.
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

    @property
    def stations(self) -> dict[str, str]:
        """Say of each station whether it is ``done``, ``now`` or ``ahead``."""
        tasks = self.tasks or 0
        if self.tasks is None and self.own:
            is_coded = self.own == self.own_submitted
            return {"import": "done", "batch": "done", "code": "done" if is_coded else "now"}
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
            yield "people", not self.coders
            yield "batch", not self.tasks and not self.hidden
            yield "name-adjudicator", self.awaiting and not self.adjudicators
            yield "release", self.adjudicated and not self.releases
            yield "watch", self.tasks and self.adjudicated != self.tasks
        if Role.RESEARCHER in self.roles:
            yield "download", self.releases


def road(project: Project, user: User, member: Member) -> Road:
    """Return how far ``project`` has come, of which ``user`` is a member."""
    roles = set(user.usable(tuple(Role(role) for role in member.roles)))
    view = Road(roles)
    if roles & {Role.ADMIN, Role.ADJUDICATOR}:
        batches = Batch.objects.published().filter(project=project)
        view.hidden = batches.blind_to(user).count()
        _count_articles(view, project, user)
        _count_tasks(view, project, user)
    if Role.ADMIN in roles:
        people = project.members.current().people()
        view.coders = people.filter(roles__contains=[Role.CODER]).count()
        view.adjudicators = people.filter(roles__contains=[Role.ADJUDICATOR]).count()
    if Role.CODER in roles:
        work = own_assignments(user, project)
        view.own = work.count()
        view.own_submitted = view.own - work.unfinished().count()
    if roles & {Role.ADMIN, Role.RESEARCHER}:
        view.releases = project.releases.visible_to(user).filter(state="ready").count()
    return view


def _count_articles(view: Road, project: Project, user: User) -> None:
    articles = Article.objects.visible_to(user).filter(project=project, withdrawn_at=None)
    view.articles = articles.count()
    given = Task.objects.kept().filter(article=OuterRef("pk"))
    view.unbatched = articles.filter(~Exists(given)).count()


def _count_tasks(view: Road, project: Project, user: User) -> None:
    counts = (
        Task.objects.visible_to(user)
        .filter(batch__project=project)
        .aggregate(
            tasks=Count("pk"),
            coded=Count("pk", filter=~Q(state=TaskState.OPEN)),
            awaiting=Count("pk", filter=Q(state__in=[TaskState.CODED, TaskState.ADJUDICATING])),
            adjudicated=Count("pk", filter=Q(state=TaskState.ADJUDICATED)),
        )
    )
    for name, count in counts.items():
        setattr(view, name, count)


def _progress(done: int | None, total: int) -> str:
    if not total:
        return "ahead"
    return "done" if done == total else "now"


def _end(done: int | None, total: int) -> str:
    return "done" if total and done == total else "ahead"


def _release(adjudicated: int | None, total: int) -> str:
    return "now" if total and adjudicated == total else "ahead"
