"""From rulings to examples and rules of the codebook, and from a rule to its rulings."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from annotations.algorithms.examples import marked
from annotations.algorithms.rule_numbers import next_number
from annotations.algorithms.tokens import sentences
from annotations.enums import Outcome
from annotations.models import Card, CodebookEntry, Decision, Memo, Project, Task, User
from annotations.queries import codebook_draft

AROUND = 60


@dataclass(frozen=True)
class Proposal:
    """What a form begins with that puts a ruling into the codebook's draft.

    ``labels`` are the keys and names that the draft gives.
    """

    labels: list[tuple[str, str]]
    label: str
    text: str
    note: str
    number: str
    is_not: bool
    is_rule: bool


def proposal(project: Project, decision: Decision) -> Proposal:
    """Return what ``decision`` could become: an example of what was ruled, or of what is not."""
    content = codebook_draft.latest(project).content
    given = [(one["key"], one["name"]) for one in content["labels"] if not one["retired"]]
    spans = decision.spans or [row for rows in decision.candidates.values() for row in rows]
    counted = Counter(span["label"] for span in spans)
    known = {key for key, _name in given}
    label = next((key for key, _count in counted.most_common() if key in known), "")
    text = decision.task.article.text
    extents = [(one["start"], one["end"]) for one in spans if one["label"] == label or not label]
    numbers = [rule["id"] for rule in content["rules"]]
    return Proposal(
        labels=given,
        label=label,
        text=marked(text, sentences(text), extents),
        note=decision.note or decision.reason,
        number=next_number(numbers, near=decision.rule),
        is_not=decision.outcome == Outcome.REJECT,
        is_rule=decision.outcome == Outcome.UNCLEAR or not spans,
    )


def proposal_of_answer(memo: Memo) -> Proposal:
    """Return what an answered question could become: an example of the words it is about."""
    content = codebook_draft.latest(memo.project).content
    question = memo.question
    text = question.assignment.task.article.text
    label = question.label.key if question.label else ""
    return Proposal(
        labels=[(one["key"], one["name"]) for one in content["labels"] if not one["retired"]],
        label=label,
        text=marked(text, sentences(text), [(question.start, question.end)]),
        note=memo.answer,
        number=next_number([rule["id"] for rule in content["rules"]]),
        is_not=False,
        is_rule=not label,
    )


def made_of(origin: Decision | Memo) -> QuerySet[CodebookEntry]:
    """Return the examples and rules that a ruling or an answer has become, oldest first."""
    return origin.entries.select_related("made_by").order_by("pk")


def citations(project: Project, user: User, numbers: Collection[str]) -> Counter[str]:
    """Count the rulings in force that cite each of these rules, as far as ``user`` may know."""
    cards = _cards(project, user)
    cited = cards.filter(decision__rule__in=numbers).values_list("pk", "decision__rule")
    became = cards.filter(decision__entries__rule__in=numbers)
    # A ruling that became a rule and cites it, too, is one.
    return Counter(
        rule for _card, rule in cited.union(became.values_list("pk", "decision__entries__rule"))
    )


def citing(project: Project, user: User, number: str) -> QuerySet[Card]:
    """Return the cards whose ruling cites the rule, or became it; the latest ruling first."""
    became = CodebookEntry.objects.filter(project=project, rule=number).values("decision")
    cards = _cards(project, user).filter(Q(decision__rule=number) | Q(decision__in=became))
    related = ("task__article", "task__batch__project", "decision__made_by")
    return cards.select_related(*related).order_by("-decision")


def around(card: Card) -> dict[str, Any]:
    """Return the words of a card with some of the text on both sides."""
    text = card.task.article.text
    return {
        "before": text[max(0, card.start - AROUND) : card.start],
        "words": text[card.start : card.end],
        "after": text[card.end : card.end + AROUND],
    }


def _cards(project: Project, user: User) -> QuerySet[Card]:
    tasks = Task.objects.visible_to(user).filter(batch__project=project)
    return Card.objects.filter(task__in=tasks)
