"""What was ruled on the same words before, and where the same question still waits."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from annotations.enums import Outcome
from annotations.models import Card, Task, User
from annotations.queries import disputes

MOST = 5000
AROUND = 60


@dataclass(frozen=True)
class Precedent:
    """How often the same words were ruled on alike: what came of it, and the rules cited.

    ``outcome`` is ``accept`` with the labels that went to gold, ``reject`` or ``unclear``.
    """

    outcome: str
    labels: tuple[str, ...]
    rules: tuple[str, ...]
    count: int


def precedents(card: Card, user: User) -> list[Precedent]:
    """Return people's rulings on the words of ``card`` elsewhere in its project, most frequent
    first, as far as ``user`` may know of them. At most ``MOST`` are counted, the latest ones."""
    project = card.task.batch.project
    ruled = (
        Card.objects.filter(
            words=card.words,
            decision__is_automatic=False,
            is_stale=False,
            task__in=Task.objects.visible_to(user).filter(batch__project=project),
        )
        .exclude(pk=card.pk)
        .exclude(words="")
        .order_by("-decision")
        .values_list("decision__outcome", "decision__spans", "decision__rule")[:MOST]
    )
    counted: Counter[tuple[str, tuple[str, ...]]] = Counter()
    rules: dict[tuple[str, tuple[str, ...]], set[str]] = defaultdict(set)
    for outcome, spans, rule in ruled:
        labels = tuple(sorted({span["label"] for span in spans}))
        what = Outcome.UNCLEAR if outcome == Outcome.UNCLEAR else Outcome.REJECT
        known = (Outcome.ACCEPT.value if labels else what.value, labels)
        counted[known] += 1
        if rule:
            rules[known].add(rule)
    ordered = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    return [Precedent(*known, tuple(sorted(rules[known])), count) for known, count in ordered]


def waiting(card: Card, user: User) -> QuerySet[Card]:
    """Return the open cards that ask what ``card`` asked, where ``user`` may rule."""
    tasks = disputes.queue(card.task.batch.project, user).order_by().values("pk")
    alike = Card.objects.open().filter(question=card.question, task__in=tasks)
    return alike.exclude(question="").exclude(pk=card.pk).order_by("task", "start", "pk")


def as_places(cards: QuerySet[Card]) -> list[dict[str, Any]]:
    """Return where ``cards`` are, each with the words around it."""
    rows = cards.values(
        "card_id",
        "start",
        "end",
        task_uuid=F("task__uuid"),
        article_uuid=F("task__article__uuid"),
        key=F("task__article__key"),
        meta=F("task__article__meta"),
        text=F("task__article__text"),
    )
    return [
        {
            "task": str(row["task_uuid"]),
            "article": {
                "id": str(row["article_uuid"]),
                "key": row["key"],
                "title": str(row["meta"].get("title") or row["key"]),
            },
            "card": row["card_id"],
            "before": row["text"][max(0, row["start"] - AROUND) : row["start"]],
            "words": row["text"][row["start"] : row["end"]],
            "after": row["text"][row["end"] : row["end"] + AROUND],
        }
        for row in rows
    ]
