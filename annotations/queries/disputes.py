"""What an adjudicator sees of a task: who disagrees where, what was ruled, what it comes to."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
)
from django.db.models.functions import Cast, Now

from annotations.algorithms.cards import letters
from annotations.algorithms.tokens import tokenize
from annotations.enums import CardKind, Role, TaskState
from annotations.models import (
    Assignment,
    Batch,
    Card,
    CodebookVersion,
    Decision,
    Member,
    Project,
    Task,
    User,
    WorkTally,
)
from annotations.models.batches import TaskQuerySet
from annotations.queries import codebook, gold
from annotations.queries.gold import Row

#: How long after the last sign of an adjudicator a task is still thought to be in hand.
TAKEN_FOR = timedelta(minutes=10)
#: Whether somebody is at a task. The clocks of two web servers may disagree by more than that.
_IS_TAKEN = Q(taken_at__gte=Now() - TAKEN_FOR)


def queue(project: Project, user: User, *, is_finished: bool = False) -> QuerySet[Task]:
    """Return the tasks that ``user`` may rule on, those with most disputes first."""
    tasks = open_to_rule(project, user)
    tasks = tasks.filter(state=TaskState.ADJUDICATED) if is_finished else tasks.awaiting_ruling()
    related: QuerySet[Task] = tasks.select_related("batch", "article", "taken_by")
    related = related.annotate(is_taken=_IS_TAKEN).defer("article__text")
    return related.order_by("-cards_disputed", "pk")


def open_to_rule(project: Project, user: User) -> TaskQuerySet:
    """Return the tasks whose adjudication ``user`` may open once their coders have handed in."""
    ruling = Project.objects.where(user, Role.ADJUDICATOR)
    tasks = Task.objects.visible_to(user).filter(batch__project=project, batch__project__in=ruling)
    if project.settings.get("adjudicate_own"):
        return tasks
    own = Assignment.objects.live().filter(task=OuterRef("pk"), coder__user=user)
    return tasks.exclude(Exists(own))


class _LabelsOfCard(Func):
    """The label keys of every span that a coder has in a card, as a JSON array."""

    template = "jsonb_path_query_array(%(expressions)s, '$.*[*].label')"
    output_field = JSONField()


class _VersionOf(Func):
    """What the coder of an assignment has in a card, without ids and notes, as a JSON array."""

    template = """jsonb_path_query_array(
        %(expressions)s,
        '$[*].** ? (@.type() == "object").keyvalue() ? (
            @.key == "start" || @.key == "end" || @.key == "label"
            || @.key == "name" || @.key == "value" || @.key == "at"
        ).value'
    )"""
    arg_joiner = " -> "
    output_field = JSONField()


def with_card(
    tasks: QuerySet[Task], *, kind: str = "", label: str = "", coders: Collection[str] = ()
) -> QuerySet[Task]:
    """Keep the tasks that have a card of this ``kind`` on which somebody has this ``label``.

    ``coders`` are member UUIDs: of one, the card is a dispute in which this coder takes part; of
    two, they have different versions of it.
    """
    cards = Card.objects.filter(task=OuterRef("pk"))
    if kind:
        cards = cards.filter(kind=kind)
    if label:
        labelled = cards.annotate(labels=_LabelsOfCard(F("candidates")))
        cards = labelled.filter(labels__contains=[label])  # type: ignore[misc]  # it is JSON
    if coders:
        cards = cards.exclude(kind__in=[CardKind.AGREED, CardKind.ADDED])
    for coder in coders:
        own = Assignment.objects.live().filter(coder__uuid=coder)
        tasks = tasks.filter(Exists(own.filter(task=OuterRef("pk"))))
    if len(coders) > 1:
        one, other = (_version_of(coder) for coder in coders)
        cards = cards.annotate(one=one, other=other).exclude(one=F("other"))
    return tasks.filter(Exists(cards)) if kind or label or coders else tasks


def _version_of(coder: str) -> _VersionOf:
    """What the coder with this member UUID has in a card."""
    own = Assignment.objects.live().filter(task=OuterRef("task"), coder__uuid=coder)
    return _VersionOf(F("candidates"), Subquery(own.values(name=Cast("uuid", TextField()))[:1]))


def batches_of(tasks: QuerySet[Task]) -> QuerySet[Batch]:
    """Return the batches that have one of ``tasks``, the latest first."""
    own = tasks.order_by().filter(batch=OuterRef("pk"))
    return Batch.objects.filter(Exists(own)).order_by("-created_at", "-pk")


def coders_in(tasks: QuerySet[Task]) -> list[str]:
    """Return the member UUIDs of those who work in the batches of ``tasks``."""
    lines = WorkTally.objects.filter(batch__in=tasks.order_by().values("batch"))
    at_work = lines.values("coder").annotate(n=Sum("number")).filter(n__gt=0)
    members = Member.objects.filter(pk__in=at_work.values("coder"))
    return [str(uuid) for uuid in members.values_list("uuid", flat=True)]


def free_for(tasks: QuerySet[Task], user: User) -> QuerySet[Task]:
    """Leave out the tasks that another adjudicator than ``user`` is at."""
    return tasks.exclude(_IS_TAKEN & ~Q(taken_by=user))


def taken_by(task: Task) -> User | None:
    """Return the adjudicator who is at ``task``, or was a short while ago."""
    is_taken = Task.objects.filter(_IS_TAKEN, pk=task.pk).exists()
    return task.taken_by if is_taken else None


def coders_of(task: Task) -> list[Assignment]:
    """Return the assignments whose coders a ruling can be for."""
    live = task.assignments.live().select_related("coder__user", "codebook")
    return list(live.order_by("pk"))


def names(task: Task, assignments: list[Assignment]) -> dict[str, str]:
    """Return what each assignment's coder is called here: a letter, or the name where shown."""
    project = task.batch.project
    if not project.settings.get("show_names"):
        uuids = [str(assignment.uuid) for assignment in assignments]
        return letters(uuids, key=bytes(project.secret), task_id=str(task.uuid))
    shown: dict[str, str] = {}
    for assignment in assignments:
        name = assignment.coder.name
        # An external coder may have the name of a user.
        shown[str(assignment.uuid)] = f"{name} (2)" if name in shown.values() else name
    return shown


def codebook_of(task: Task, assignments: list[Assignment]) -> CodebookVersion:
    """Return the newest codebook that a coder of the task used, or the one wanted for it."""
    versions = [assignment.codebook for assignment in assignments]
    if task.codebook is not None:
        versions.append(task.codebook)
    newest = max(versions, key=lambda version: version.number, default=None)
    return newest or codebook.current(task.batch.project)


def citable_rules(task: Task, assignments: list[Assignment]) -> list[dict[str, str]]:
    """Return the rules that a ruling can rest on: today's, and those that the coders had too."""
    rules = codebook.current(task.batch.project).rules
    known = {rule["id"] for rule in rules}
    own = codebook_of(task, assignments).rules
    return [*rules, *(rule for rule in own if rule["id"] not in known)]


def cards_of(task: Task) -> list[Card]:
    """Return the cards with their rulings, in the order of the text, added spans last."""
    cards = task.cards.select_related("decision__coder", "decision__made_by")
    # What was seen when it was ruled is as large as the card itself.
    cards = cards.defer("decision__candidates")
    return sorted(
        cards, key=lambda card: (card.kind == CardKind.ADDED, card.start, card.end, card.card_id)
    )


def gold_of(task: Task) -> list[Row]:
    """Return the gold spans that the rulings in force give; see ``gold.assemble``."""
    coders = {str(assignment.uuid): assignment.coder.uuid for assignment in coders_of(task)}
    return gold.assemble(task, cards_of(task), coders)


def document(task: Task) -> dict[str, Any]:
    """Return everything the adjudication of one task rests on, in the API's words.

    Coders appear as letters or names, never by an id that would tell more.
    """
    assignments = coders_of(task)
    shown = names(task, assignments)
    cards = cards_of(task)
    view = View(assignments, shown, _remarks(task))
    article = task.article
    return {
        "id": str(task.uuid),
        "version": task.version,
        "state": task.state,
        "article": {
            "id": str(article.uuid),
            "key": article.key,
            "text": article.text,
            "text_sha256": article.text_sha256,
            "meta": article.meta,
            "zones": article.zones,
        },
        "codebook": codebook.as_contract(codebook_of(task, assignments)),
        "coders": sorted(shown.values()),
        "cards": [view.card(card) for card in cards if card.kind != CardKind.ADDED],
        "added": [view.added(card) for card in cards if card.kind == CardKind.ADDED],
        "gold": view.gold(_gold_now(task, cards, assignments)),
        "reasons": task.batch.project.settings.get("reasons", []),
        "tokens": tokenize(article.text),
    }


def card_as_shown(task: Task, card: Card) -> dict[str, Any]:
    """Return one card as ``document`` has it."""
    assignments = coders_of(task)
    return View(assignments, names(task, assignments), _remarks(task)).card(card)


def span_as_shown(task: Task, row: Row) -> dict[str, Any]:
    """Return one gold span as ``document`` has it."""
    assignments = coders_of(task)
    return View(assignments, names(task, assignments)).gold([row])[0]


def _remarks(task: Task) -> dict[str, int]:
    said = task.remarks.order_by().values_list("card_id").annotate(n=Count("pk"))
    return dict(said)


def _gold_now(task: Task, cards: list[Card], assignments: list[Assignment]) -> list[Row]:
    if task.state == TaskState.ADJUDICATED:
        last = task.golds.order_by("-number").first()
        return last.spans if last else []
    coders = {str(assignment.uuid): assignment.coder.uuid for assignment in assignments}
    return gold.assemble(task, cards, coders)


class View:
    """Puts rows into the API's words, with coders called as the project wants it."""

    def __init__(
        self,
        assignments: list[Assignment],
        shown: dict[str, str],
        remarks: Mapping[str, int] = MappingProxyType({}),
    ):
        self.shown = shown
        self.remarks = remarks
        self.of_member = {
            str(assignment.coder.uuid): shown[str(assignment.uuid)] for assignment in assignments
        }

    def card(self, card: Card) -> dict[str, Any]:
        return {
            "id": card.card_id,
            "kind": card.kind,
            "start": card.start,
            "end": card.end,
            "candidates": [
                {
                    "coder": name,
                    "spans": [_span(row) for row in card.candidates.get(assignment, [])],
                }
                for assignment, name in sorted(self.shown.items(), key=lambda pair: pair[1])
            ],
            "decision": self.decision(card),
            "remarks": self.remarks.get(card.card_id, 0),
        }

    def added(self, card: Card) -> dict[str, Any]:
        return {"start": card.start, "end": card.end, "decision": self.decision(card)}

    def decision(self, card: Card) -> dict[str, Any] | None:
        if card.decision is None:
            return None
        return {**self.ruling(card.decision), "stale": card.is_stale}

    def ruling(self, decision: Decision) -> dict[str, Any]:
        return {
            "id": str(decision.uuid),
            "outcome": decision.outcome,
            "coder": self.of_member.get(str(decision.coder.uuid)) if decision.coder else None,
            "spans": [_span(row) for row in decision.spans],
            "reason": decision.reason,
            "note": decision.note,
            "rule": decision.rule,
            "confidence": decision.confidence,
            "by": decision.made_by.username if decision.made_by else None,
            "at": decision.made_at,
            "automatic": decision.is_automatic,
        }

    def gold(self, rows: list[Row]) -> list[dict[str, Any]]:
        return [
            {
                **_span(row),
                "source": row["source"],
                "coders": sorted(
                    self.of_member[member] for member in row["coders"] if member in self.of_member
                ),
                "decision": row["decision"],
            }
            for row in rows
        ]


def _span(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "rev": row.get("rev", 1),
        "start": row["start"],
        "end": row["end"],
        "label": row["label"],
        "quote": row["quote"],
        "attributes": row["attributes"],
        "links": [{"name": link["name"], "target": link["target"]} for link in row["links"]],
        "note": row.get("note", ""),
    }
