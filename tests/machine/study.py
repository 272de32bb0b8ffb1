"""A small study over HTTP: three coders, an adjudicator, an admin, four articles, two batches."""

from collections.abc import Iterable
from typing import Any

from rest_framework.test import APIClient

from annotations.enums import Role
from annotations.models import Assignment, Span, Task
from annotations.queries import disputes
from annotations.queries.invariants import Check, tables
from exports import invariants
from tests.factories import (
    TEXT,
    ArticleFactory,
    CodebookFactory,
    ImportJobFactory,
    MemberFactory,
    ProjectFactory,
    UserFactory,
)

#: Constraints, triggers and references are there or not, whatever people do.
CHECKS = [check for check in invariants.CHECKS if check.__module__ != tables.__name__]
PARTS = ("start", "end", "label", "quote", "note", "rev")
OWNER = ("assignment__coder__user__username", "assignment__task__article__key")
CODERS = ("ada", "ben", "cleo")
TEXTS = {
    "north": TEXT,
    "south": "🌊 " + TEXT,
    "east": TEXT + "\n\n" + TEXT,
    "west": "الحاكم " + TEXT,
}
BATCHES = {
    "given": {"articles": ("north", "south"), "coders": ["ada", "ben"], "strategy": "balanced"},
    "pool": {"articles": ("east", "west"), "coders": [*CODERS], "strategy": "pool"},
}


class Study:
    """A project whose people act over HTTP, and whose states can be looked up."""

    def __init__(self):
        self.project = ProjectFactory(slug="study")
        CodebookFactory(project=self.project)
        roles = dict.fromkeys(CODERS, Role.CODER) | {
            "head": Role.ADMIN,
            "judge": Role.ADJUDICATOR,
        }
        self.clients = {}
        for name, role in roles.items():
            user = UserFactory(username=name)
            MemberFactory(project=self.project, user=user, roles=[role])
            self.clients[name] = APIClient()
            self.clients[name].force_login(user)
        job = ImportJobFactory(project=self.project)
        self.articles = {
            key: ArticleFactory(project=self.project, import_job=job, key=key, text=text)
            for key, text in TEXTS.items()
        }
        self.batches = {name: self._batch(name, **wish) for name, wish in BATCHES.items()}
        lease = self.call("head", "patch", f"batches/{self.batches['pool']}/", {"lease_days": 1})
        assert lease.status_code == 200

    def _batch(self, name: str, *, articles, coders, strategy) -> str:
        ids = [str(self.articles[key].uuid) for key in articles]
        wish = {"name": name, "articles": {"ids": ids}, "coders": coders, "strategy": strategy}
        made = self.call("head", "post", "projects/study/batches/", wish)
        assert made.status_code == 201, made.content
        return made.json()["id"]

    def call(self, who: str, method: str, path: str, body: Any = None):
        """Send a request, and see that the server copes with it."""
        answer = getattr(self.clients[who], method)(f"/api/v1/{path}", body, format="json")
        assert answer.status_code < 500, answer.content
        return answer

    def submit(self, who: str, page: str, form: dict[str, str]) -> int:
        """Send a page's form, and return the status of the answer."""
        return self.clients[who].post(page, form, format="multipart").status_code

    def states(self) -> dict[tuple[str, ...], str]:
        """Return the state of each task by its article, and of work by coder and article."""
        tasks = Task.objects.values_list("article__key", "state")
        work = Assignment.objects.values_list(
            "coder__user__username", "task__article__key", "state"
        )
        return {(article,): state for article, state in tasks} | {
            (coder, article): state for coder, article, state in work
        }

    def work(self, coder: str, article: str) -> Assignment:
        return Assignment.objects.get(coder__user__username=coder, task__article__key=article)

    def task(self, article: str) -> Task:
        return Task.objects.select_related("batch__project", "article").get(article__key=article)

    def letter(self, coder: str, article: str) -> str:
        """Return what the adjudicator calls a coder, or a letter that nobody has."""
        task = self.task(article)
        for assignment in (assignments := disputes.coders_of(task)):
            if assignment.coder.name == coder:
                return disputes.names(task, assignments)[str(assignment.uuid)]
        return "Z"

    def spans(self) -> dict[tuple[str, str], dict[str, tuple]]:
        """Return the spans of all work, as far as ``PARTS`` go."""
        found: dict[tuple[str, str], dict[str, tuple]] = {}
        columns = ("start", "end", "label__key", "quote", "note", "rev")
        for coder, article, name, *parts in Span.objects.values_list(*OWNER, "uuid", *columns):
            found.setdefault((coder, article), {})[str(name)] = tuple(parts)
        return found

    def broken(self, checks: Iterable[Check]) -> dict[str, list[str]]:
        """Return what ``fsck`` finds, by the rule that it breaks."""
        found = {check.__name__: list(check()) for check in checks}
        return {rule: rows for rule, rows in found.items() if rows}

    def seen_by(self, coder: str) -> dict[str, tuple[int, bytes]]:
        """Return what a coder is answered."""
        own = Assignment.objects.filter(coder__user__username=coder).order_by("pk")
        paths = [
            *(
                "projects/study/assignments/",
                "projects/study/articles/",
                "projects/study/feedback/",
            ),
            *(f"assignments/{work.uuid}/" for work in own),
        ]
        answers = {path: self.call(coder, "get", path) for path in paths}
        return {path: (one.status_code, one.content) for path, one in answers.items()}
