"""What became of one card: every ruling on it, and those that came too late."""

from functools import partial
from typing import Any

from annotations.enums import Outcome
from annotations.models import Card, Decision, RulingDraft, Task
from annotations.queries import disputes


def history(task: Task, card: Card) -> list[dict[str, Any]]:
    """Return the rulings on ``card`` and on what stood in its place before, newest first.

    ``standing`` is ``in_force``, ``stale``, ``superseded``, or ``refused`` for a ruling that came
    too late and was only kept. One that its author made again since is left out.
    """
    assignments = disputes.coders_of(task)
    view = disputes.View(assignments, disputes.names(task, assignments))
    decisions = task.decisions.filter(pk__in=_line_of(task, card))
    rows = [
        {**view.ruling(decision), "standing": _standing(card, decision)}
        for decision in decisions.select_related("coder", "made_by")
        .defer("candidates")
        .order_by("-pk")
    ]
    drafts = (
        task.ruling_drafts.filter(card_id=card.card_id).select_related("sent_by").order_by("-pk")
    )
    rows += [late for late in map(partial(_late, task), drafts) if not _was_made_again(late, rows)]
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def _line_of(task: Task, card: Card) -> set[int]:
    """The decisions on a card of this name, and those which they supersede, whatever its name
    was then."""
    rows = list(task.decisions.values_list("pk", "supersedes", "card_id"))
    superseded = {pk: earlier for pk, earlier, _card in rows}
    found: set[int] = set()
    for start in [card.decision_id, *(pk for pk, _earlier, name in rows if name == card.card_id)]:
        step = start
        while step is not None and step not in found:
            found.add(step)
            step = superseded[step]
    return found


def _standing(card: Card, decision: Decision) -> str:
    if decision.pk != card.decision_id:
        return "superseded"
    return "stale" if card.is_stale else "in_force"


def _was_made_again(late: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
    """As a page does by itself where nobody has touched the card meanwhile."""

    def said(row: dict[str, Any]) -> list[Any]:
        return [row[name] for name in ("by", "outcome", "coder", "reason", "note", "rule")]

    return any(row["at"] >= late["at"] and said(row) == said(late) for row in rows)


def _late(task: Task, draft: RulingDraft) -> dict[str, Any]:
    said = draft.body
    text = task.article.text
    return {
        "id": str(draft.uuid),
        "outcome": said["outcome"],
        "coder": said.get("coder") if said["outcome"] == Outcome.ACCEPT else None,
        "spans": [
            {
                "id": str(draft.uuid),
                "rev": 1,
                "attributes": [],
                "links": [],
                "note": "",
                **span,
                "quote": text[span["start"] : span["end"]],
            }
            for span in said.get("spans") or []
        ],
        "reason": said.get("reason", ""),
        "note": said.get("note", ""),
        "rule": said.get("rule", ""),
        "confidence": said.get("confidence"),
        "by": draft.sent_by.username,
        "at": draft.received_at,
        "automatic": False,
        "standing": "refused",
    }
