"""Spans of the sample text, and what tests of adjudication do and ask."""

from annotations.actions import adjudication
from annotations.queries import disputes
from tests.factories import (
    TUESDAY,
)
from tests.stories import adjudicator_of

MAYOR = (0, 16)  # "Mayor Ada Brandt"
BRANDT = (6, 16)  # "Ada Brandt"
VELMORA = (25, 32)
TALKS = (42, 47)


def actor(extent, **details):
    return span("actor", extent, **details)


def place(extent, **details):
    return span("location", extent, **details)


def span(label, extent, **details):
    return {"label": label, "start": extent[0], "end": extent[1], **details}


def shown(task):
    task.refresh_from_db()
    return disputes.document(task)


def only_card(task, kind):
    (card,) = [card for card in shown(task)["cards"] if card["kind"] == kind]
    return card


def name_of(card, *spans):
    """Return the letter of the coder who marked exactly these extents in ``card``."""
    for candidate in card["candidates"]:
        if [(row["start"], row["end"]) for row in candidate["spans"]] == list(spans):
            return candidate["coder"]
    raise AssertionError("nobody marked that")


def rule(task, card, outcome, by=None, **said):
    task.refresh_from_db()
    return adjudication.rule(
        task=task,
        card_id=card["id"],
        by=by or adjudicator_of(task),
        at=TUESDAY,
        base_version=task.version,
        outcome=outcome,
        **said,
    )


def finish(task):
    return adjudication.finish(task=task, by=adjudicator_of(task), at=TUESDAY)


def in_gold(task):
    return [(row["label"], row["start"], row["end"], row["source"]) for row in shown(task)["gold"]]
