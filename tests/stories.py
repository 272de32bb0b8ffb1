"""How a task came to be where a test begins."""

from annotations.actions import adjudication, batches
from annotations.enums import AssignmentState, CardKind, Role, TaskState
from annotations.models import Label, Task
from annotations.queries import disputes
from annotations.queries.batch_plan import Wish
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    ProjectFactory,
    TaskFactory,
    submitted,
)


def coded_task(*codings, settings=None, is_import=False, **more):
    """Return a task whose coders have handed ``codings`` in, its cards laid out.

    The project leaves finishing to people, unless ``settings`` say otherwise.
    """
    if "batch" not in more:
        project = ProjectFactory(settings={"auto_finish": False} | (settings or {}))
        more["batch"] = BatchFactory(project=project)
    task = TaskFactory(coders_wanted=max(len(codings), 1), **more)
    for spans in codings:
        submitted(AssignmentFactory(task=task), spans)
    Task.objects.filter(pk=task.pk).update(state=TaskState.CODED)
    task.refresh_from_db()
    adjudication.open_cards(task=task, at=MONDAY, is_import=is_import)
    return task


def adjudicator_of(task):
    """Return somebody who may rule on ``task``."""
    return MemberFactory(project=task.batch.project, roles=[Role.ADJUDICATOR]).user


def resubmit(task, name, spans):
    """Give the work of the coder shown as ``name`` back, and hand ``spans`` in instead."""
    adjudication.return_work(
        task=task, coder=name, note="Look again.", by=adjudicator_of(task), at=TUESDAY
    )
    returned = task.assignments.get(state=AssignmentState.RETURNED)
    returned.state = AssignmentState.CODING
    returned.save(update_fields=["state"])
    submitted(returned, spans)
    Task.objects.filter(pk=task.pk).update(state=TaskState.CODED)
    task.refresh_from_db()
    adjudication.open_cards(task=task, at=TUESDAY)


class RuledTask:
    """An article coded by ``coder`` and by somebody else, who differ in one place."""

    def __init__(self, coder, adjudicator, own, other, batch=None, at=TUESDAY):
        batch = batch or BatchFactory(project=coder.project)
        self.task = TaskFactory(batch=batch, article=ArticleFactory(project=coder.project))
        self.assignment = submitted(AssignmentFactory(task=self.task, coder=coder), own)
        self.others = submitted(AssignmentFactory(task=self.task), other)
        self.task.state = TaskState.CODED
        self.task.save(update_fields=["state"])
        adjudication.open_cards(task=self.task, at=MONDAY)
        self.adjudicator, self.at = adjudicator, at

    def rule(self, outcome, whose=None, **said):
        card = self.task.cards.exclude(kind=CardKind.AGREED).get()
        if whose is not None:
            names = disputes.names(self.task, list(self.task.assignments.all()))
            said["coder"] = names[str(whose.uuid)]
        adjudication.rule(
            task=self.task,
            card_id=card.card_id,
            by=self.adjudicator,
            at=self.at,
            base_version=self.task.version,
            outcome=outcome,
            **said,
        )
        self.task.refresh_from_db()
        return self

    def finish(self):
        adjudication.finish(task=self.task, by=self.adjudicator, at=self.at)
        return self


def with_rows(*work):
    """Give each piece of ``work`` the rows of spans that it was handed in with."""
    for assignment in work:
        for span in assignment.submissions.latest("pk").spans:
            label = Label.objects.get(project=assignment.coder.project, key=span["label"])
            place = {name: span[name] for name in ("start", "end", "quote")}
            assignment.spans.create(uuid=span["id"], label=label, rev=1, **place)


def article_with_gold(project, *spans, **fields):
    """Return an article of ``project`` with ``spans`` as its gold, from one coder's work."""
    article = ArticleFactory(project=project, **fields)
    task = coded_task(list(spans), batch=BatchFactory(project=project), article=article)
    if task.state != TaskState.ADJUDICATED:
        adjudication.finish(task=task, by=adjudicator_of(task), at=MONDAY)
    return article


def opened(project, *members, articles, **wish):
    """Have a new admin give ``articles`` of ``project`` to ``members``, by default one each."""
    by_default = {"name": "Round", "coders_per_article": 1}
    asked = {"ids": [str(article.uuid) for article in articles]}
    coders = [member.name for member in members]
    return batches.open_batch(
        project=project,
        wish=Wish(**by_default | wish, articles=asked, coders=coders),
        by=MemberFactory(project=project, roles=[Role.ADMIN]).user,
        at=MONDAY,
    )
