"""The loss reports of a release in sentences, for its page and its data card."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from exports.formats import DERIVED, ledger

REASONS = {
    ledger.SHARES_WORDS: ngettext_lazy(
        "%(n)d shares words with a shorter span", "%(n)d share words with a shorter span", "n"
    ),
    ledger.NOT_ON_WORDS: ngettext_lazy(
        "%(n)d begins or ends amid a word", "%(n)d begin or end amid a word", "n"
    ),
    ledger.CROSSES_SENTENCES: ngettext_lazy(
        "%(n)d goes over several sentences", "%(n)d go over several sentences", "n"
    ),
    ledger.REPEATED: ngettext_lazy(
        "%(n)d lies where one with its label does",
        "%(n)d lie where one with their label does",
        "n",
    ),
    ledger.LABEL_UNWRITABLE: ngettext_lazy(
        "%(n)d has a label that can’t be written there",
        "%(n)d have a label that can’t be written there",
        "n",
    ),
}
PARTS = {
    "attributes": ngettext_lazy("%(n)d attribute", "%(n)d attributes", "n"),
    "links": ngettext_lazy("%(n)d link", "%(n)d links", "n"),
    "notes": ngettext_lazy("%(n)d note", "%(n)d notes", "n"),
    "zones": ngettext_lazy("%(n)d zone", "%(n)d zones", "n"),
    "codings": ngettext_lazy("%(n)d coding", "%(n)d codings", "n"),
}


@dataclass(frozen=True)
class Loss:
    """What a file can't say: the spans that it lacks by reason, and parts of those that it has."""

    file: str
    written: int
    spans: int
    lost: list[str]
    left_out: list[str]


def told(reports: Mapping[str, Mapping[str, Any]]) -> list[Loss]:
    """Return the files that can't say all that the records say."""
    # In the order of the registry: the database keeps none of its own.
    named = [(name, reports[name]) for name in DERIVED if name in reports]
    return [
        Loss(
            file=DERIVED[name].NAME,
            written=said["written"],
            spans=said["spans"],
            lost=_listed(REASONS, said["lost"]),
            left_out=_listed(PARTS, said["left_out"]),
        )
        for name, said in named
        if said["lost"] or said["left_out"]
    ]


def sentences(reports: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a sentence or two for each file that can't say all that the records say."""
    return [_sentence(loss) for loss in told(reports)]


def _sentence(loss: Loss) -> str:
    about = {"file": loss.file, "written": f"{loss.written:,}", "spans": f"{loss.spans:,}"}
    if loss.lost:
        sentence = _("%(file)s has %(written)s of %(spans)s spans: %(reasons)s.")
        sentence %= about | {"reasons": "; ".join(loss.lost)}
    else:
        sentence = _("%(file)s has all %(spans)s spans.") % about
    if loss.left_out:
        sentence += " " + _("Not in it: %(parts)s.") % {"parts": ", ".join(loss.left_out)}
    return sentence


def _listed(words: Mapping[str, Any], counts: Mapping[str, int]) -> list[str]:
    return [words[name] % {"n": counts[name]} for name in words if name in counts]
