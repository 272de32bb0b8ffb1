"""One ruling for all places that ask the same question, and back again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from annotations.actions import cards as card_rows
from annotations.actions import rulings
from annotations.enums import Outcome
from annotations.exceptions import Refused
from annotations.models import Assignment, Card, Decision, Member, Task, User
from annotations.permissions import can_rule, is_open_to_rulings
from annotations.queries import disputes, gold
from annotations.queries import precedents as asked
from annotations.queries.gold import Row

MOST = 500


class NothingToSpread(Refused):
    """The card has no ruling by a person, or one that can't be carried to another place."""

    code = "nothing_to_spread"


@dataclass(frozen=True)
class Spread:
    """What came of it: the ruling that was spread, the cards it reached, and how many are left."""

    decision: Decision
    cards: list[Card]
    left: int

    @property
    def articles(self) -> int:
        return len({card.task_id for card in self.cards})


@transaction.atomic
def spread(*, task: Task, card_id: str, by: User, at: datetime, base_version: int) -> Spread:
    """Rule on the open places that ask what this card asked as it was ruled here.

    Reaches every article of the project that ``by`` may rule on, up to ``MOST`` places at once.
    Each place gets a decision of its own, which names the one it was spread from.
    """
    card = rulings.card_of(task, card_id)
    places = list(asked.waiting(card, by).values_list("pk", "task")[:MOST])
    held = rulings.locked_all([task.pk, *(pk for _card, pk in places)])
    own = held[task.pk]
    rulings.refuse_unless_allowed(by, own)
    rulings.refuse_unless_open(own)
    rulings.refuse_unless_current(own, base_version)
    card = rulings.card_of(own, card_id)
    decision = _fit_to_spread(card)

    # Looked at again, now that nothing can change.
    open_cards = Card.objects.open().filter(
        pk__in=[pk for pk, _task in places], question=card.question
    )
    reached: dict[int, list[Card]] = defaultdict(list)
    for found in open_cards.order_by("task", "start", "pk").select_related("decision"):
        found.task = held[found.task_id]
        if found.pk != card.pk and can_rule(by, found.task) and is_open_to_rulings(found.task):
            reached[found.task_id].append(found)
    for pk, cards in reached.items():
        assignments = disputes.coders_of(held[pk])
        made = [_rule_alike(found, card, decision, assignments, by, at) for found in cards]
        Card.objects.bulk_update(cards, ["decision", "is_stale"])
        rulings.was_ruled(held[pk], made, by=by, at=at)
    left = asked.waiting(card, by).count()
    return Spread(decision, [found for cards in reached.values() for found in cards], left)


@transaction.atomic
def take_back(*, task: Task, decision: Decision, by: User, at: datetime) -> Spread:
    """Open the cards again that ``decision`` of ``task`` was spread to.

    Those stay as they are that were ruled on anew since, or lie in finished articles.
    """
    rulings.refuse_unless_allowed(by, task)
    rulings.refuse_archived(task)
    spread_to = Card.objects.filter(decision__spread_from=decision)
    held = rulings.locked_all(spread_to.values_list("task", flat=True))
    undone: dict[int, list[Card]] = defaultdict(list)
    for card in spread_to.select_related("decision").order_by("task", "start", "pk"):
        card.task = held[card.task_id]
        if can_rule(by, card.task) and is_open_to_rulings(card.task):
            undone[card.task_id].append(card)
    for pk, cards in undone.items():
        assignments = disputes.coders_of(held[pk])
        made = []
        for card in cards:
            made.append(
                card_rows.decide(
                    card, outcome=Outcome.REOPEN, by=by, at=at, assignments=assignments
                )
            )
            card.decision = None
        Card.objects.bulk_update(cards, ["decision", "is_stale"])
        rulings.was_ruled(held[pk], made, by=by, at=at)
    kept = spread_to.count()
    return Spread(decision, [card for cards in undone.values() for card in cards], kept)


def _fit_to_spread(card: Card) -> Decision:
    decision = card.decision
    if decision is None or card.is_stale or decision.is_automatic:
        raise NothingToSpread(_("Rule on this place first."))
    if not card.question or any(span["links"] for span in decision.spans):
        raise NothingToSpread(_("A ruling with links can’t be carried to another place."))
    if any(span["start"] < card.start or span["end"] > card.end for span in decision.spans):
        raise NothingToSpread(_("This ruling takes in words beside those that were disputed."))
    return decision


def _rule_alike(
    card: Card,
    model: Card,
    decision: Decision,
    assignments: Sequence[Assignment],
    by: User,
    at: datetime,
) -> Decision:
    spans = _moved(card, model, decision.spans)
    outcome = Outcome(decision.outcome)
    coder = _coder_with(card, spans, assignments) if outcome == Outcome.ACCEPT else None
    return card_rows.decide(
        card,
        outcome=outcome,
        by=by,
        at=at,
        assignments=assignments,
        coder=coder,
        spans=spans,
        reason=decision.reason,
        note=decision.note,
        rule=decision.rule,
        confidence=decision.confidence,
        spread_from=decision,
    )


def _moved(card: Card, model: Card, spans: list[Row]) -> list[Row]:
    """Return gold spans as far from the beginning of ``card`` as they are from ``model``'s."""
    text = card.task.article.text
    by = card.start - model.start
    rows = [
        {
            **span,
            "start": span["start"] + by,
            "end": span["end"] + by,
            "quote": text[span["start"] + by : span["end"] + by],
        }
        for span in spans
    ]
    return gold.as_gold(card.task, rows)


def _coder_with(card: Card, spans: list[Row], assignments: Sequence[Assignment]) -> Member | None:
    """Return the first coder who has exactly ``spans`` there; the question says there is one."""
    wanted = gold.content({"": spans})
    for assignment in assignments:
        if gold.content({"": card.candidates.get(str(assignment.uuid), [])}) == wanted:
            return assignment.coder
    return None
