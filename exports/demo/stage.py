"""Lead the demo project to where the plan wants it, by the actions that people use."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile

from annotations.actions import adjudication, batches, codebook, coding, imports, people, projects
from annotations.enums import AssignmentState, JobState, OpType, TaskState
from annotations.models import Assignment, Batch, Project, Task, User
from annotations.queries import disputes
from annotations.queries.batch_plan import Wish
from exports.demo import seeds

Users = dict[str, User]

#: How long a coder and the adjudicator seem to need for an article.
PACE = timedelta(minutes=40)

#: Coders seem to tag a few spans at a time, one after another.
SPANS_AT_A_TIME, PAUSE = 8, timedelta(minutes=3)


class CannotPlay(Exception):
    """The plan asks for what the actions don't give."""


def set_up(*, users: Users, at: datetime) -> Project:
    """Make the demo project with all that is in it but its release.

    It begins some weeks before ``at``, so that it has a past to look at.
    """
    plan = seeds.load("plan")
    admin = users["admin"]
    begun = at - timedelta(days=plan["begun_days_ago"])
    project = projects.create(by=admin, at=begun, **plan["project"])
    for name, roles in plan["people"].items():
        people.add_member(project=project, username=name, roles=roles, by=admin, at=begun)
    codebook.publish(
        project=project,
        by=admin,
        at=begun,
        note="Definitions, examples and decision rules",
        **seeds.load("codebook"),
    )
    _import_articles(project, by=admin, at=begun)
    for row in plan["batches"]:
        _Round(project, row, users, at).play()
    return project


def _import_articles(project: Project, *, by: User, at: datetime) -> None:
    lines = [json.dumps(seeds.record(key), ensure_ascii=False) for key in seeds.load("articles")]
    file = ContentFile("\n".join(lines).encode(), name="seeds.jsonl")
    job = imports.request_import(project=project, by=by, at=at, files=[file])
    done = imports.run_import(job_id=job.pk, at=at)
    if done is None or done.state != JobState.READY or done.created != len(lines):
        raise CannotPlay(list(job.problems.values_list("line", "detail")))


class _Round:
    """One batch of the plan, played from its beginning to where it stands."""

    def __init__(self, project: Project, row: dict[str, Any], users: Users, now: datetime):
        self.row = row
        self.users = users
        ago = row["days_ago"]
        self.coded_at = now - timedelta(days=ago["coded"])
        self.ruled_at = now - timedelta(days=ago["ruled"])
        self.batch = self._open(project, now - timedelta(days=ago["opened"]), now)

    def _open(self, project: Project, at: datetime, now: datetime) -> Batch:
        keys = [task["article"] for task in self.row["tasks"]]
        articles = project.articles.filter(key__in=keys)
        wish = Wish(
            name=self.row["name"],
            articles={"ids": list(articles.values_list("uuid", flat=True))},
            coders=sorted({name for task in self.row["tasks"] for name in task["coders"]}),
            suggestions=self.row.get("suggestions", False),
            due=(now + timedelta(days=self.row["due_in_days"])).date(),
        )
        return batches.open_batch(project=project, wish=wish, by=self.users["admin"], at=at)

    def play(self) -> None:
        for position, row in enumerate(self.row["tasks"]):
            task = self.batch.tasks.select_related("article").get(article__key=row["article"])
            self._code(task, row, self.coded_at + position * PACE)
            self._adjudicate(task, row, self.ruled_at + position * PACE)
            task.refresh_from_db()
            if task.state != row["state"]:
                raise CannotPlay(f"{row['article']} is {task.state}, not {row['state']}")

    def _code(self, task: Task, row: dict[str, Any], at: datetime) -> None:
        for name, state in row["coders"].items():
            if state == AssignmentState.ASSIGNED:
                continue
            assignment = self._assignment(task, name)
            done = self._mark(assignment, name, at, flag=row.get("flag"))
            if state != AssignmentState.CODING:
                assignment.refresh_from_db()
                coding.submit(
                    assignment=assignment,
                    by=self.users[name],
                    at=done,
                    submission_id=uuid4(),
                    doc_rev=assignment.doc_rev,
                )

    def _mark(
        self, assignment: Assignment, name: str, at: datetime, *, flag: dict[str, str] | None
    ) -> datetime:
        """Tag what the coder tagged from ``at`` on, and return when that was done."""
        article = assignment.task.article
        spans = seeds.coding(article.key, name)
        # What a link points to has to be there first.
        steps: list[dict[str, Any]] = [
            {"type": OpType.CREATE, "span_id": UUID(span.pop("id")), **span}
            for span in sorted(spans, key=lambda span: (bool(span["links"]), span["start"]))
        ]
        if flag:
            steps.append({"type": OpType.FLAG, **flag})
        numbered = [{"op_id": uuid4(), "seq": seq, **step} for seq, step in enumerate(steps, 1)]
        for first in range(0, len(numbered), SPANS_AT_A_TIME):
            at += PAUSE
            answer = coding.apply_ops(
                work=assignment.uuid,
                by=self.users[name],
                at=at,
                client_id="demo",
                since=0,
                text_sha256=article.text_sha256,
                ops=numbered[first : first + SPANS_AT_A_TIME],
            )
            if refused := [row for row in answer["results"] if row["status"] != "applied"]:
                raise CannotPlay(refused)
        return at

    def _adjudicate(self, task: Task, row: dict[str, Any], at: datetime) -> None:
        adjudicator = self.users["adjudicator"]
        for ruling in seeds.rulings(row["article"]):
            self._rule(task, ruling, at)
        for name, state in row["coders"].items():
            if state == AssignmentState.RETURNED:
                letter = self._letter(task, name)
                adjudication.return_work(
                    task=task, coder=letter, note=row["note"], by=adjudicator, at=at
                )
        if row["state"] == TaskState.ADJUDICATED:
            adjudication.finish(task=task, by=adjudicator, at=at)

    def _rule(self, task: Task, ruling: dict[str, Any], at: datetime) -> None:
        task.refresh_from_db()
        place = ruling.pop("place")
        card = next(
            card
            for card in task.cards.all()
            for spans in card.candidates.values()
            for span in spans
            if (span["start"], span["end"], span["label"]) == place
        )
        coder = ruling.pop("coder", None)
        adjudication.rule(
            task=task,
            card_id=card.card_id,
            by=self.users["adjudicator"],
            at=at,
            base_version=task.version,
            coder=self._letter(task, coder) if coder else None,
            **ruling,
        )

    def _assignment(self, task: Task, name: str) -> Assignment:
        rows = task.assignments.select_related("task__article", "codebook")
        return rows.get(coder__user=self.users[name])

    def _letter(self, task: Task, name: str) -> str:
        shown = disputes.names(task, disputes.coders_of(task))
        return shown[str(self._assignment(task, name).uuid)]
