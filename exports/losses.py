"""The loss reports of a release in sentences, for its page and its data card."""

from collections.abc import Mapping
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
    "codings": ngettext_lazy("%(n)d coder’s work", "%(n)d coders’ works", "n"),
}


def sentences(reports: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a sentence or two for each file that can't say all that the records say."""
    # In the order of the registry: the database keeps none of its own.
    named = [(name, reports[name]) for name in DERIVED if name in reports]
    return [_sentence(name, said) for name, said in named if said["lost"] or said["left_out"]]


def _sentence(name: str, report: Mapping[str, Any]) -> str:
    about = {
        "file": DERIVED[name].NAME,
        "written": f"{report['written']:,}",
        "spans": f"{report['spans']:,}",
    }
    if report["lost"]:
        reasons = "; ".join(_listed(REASONS, report["lost"]))
        told = _("%(file)s has %(written)s of %(spans)s spans: %(reasons)s.")
        told %= about | {"reasons": reasons}
    else:
        told = _("%(file)s has all %(spans)s spans.") % about
    if report["left_out"]:
        left_out = ", ".join(_listed(PARTS, report["left_out"]))
        told += " " + _("Not in it: %(parts)s.") % {"parts": left_out}
    return told


def _listed(words: Mapping[str, Any], counts: Mapping[str, int]) -> list[str]:
    return [words[name] % {"n": counts[name]} for name in words if name in counts]
