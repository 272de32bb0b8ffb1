"""What a release depends on besides the data: the request, with every default said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from exports.formats import DERIVED

FORMATS = ("jsonl", *DERIVED)
PARTS = ("gold", "codings")
STRATA = ("outlet",)
FILTERS = ("outlet", "language", "from", "to")

#: 0.333333 three times is meant to be 1.
_TOLERANCE = 1e-5


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A request for a release. Equal recipes on equal data give equal bytes."""

    batches: list[str] | None = None
    filter: dict[str, str] = field(default_factory=dict)
    formats: list[str] = field(default_factory=lambda: ["jsonl"])
    include: list[str] = field(default_factory=lambda: ["gold"])
    splits: dict[str, float] | None = None
    stratify: str | None = None
    seed: int = 0
    text: bool = True
    real_names: bool = False

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Recipe:
        """Read a recipe back from a release's row."""
        return cls(**value)

    def as_json(self) -> dict[str, Any]:
        """Return all fields, lists without repeats and in one order."""
        return asdict(self) | {
            "batches": None if self.batches is None else sorted(set(self.batches)),
            "formats": [name for name in FORMATS if name in self.formats],
            "include": [name for name in PARTS if name in self.include],
        }

    @property
    def has_gold(self) -> bool:
        return "gold" in self.include

    @property
    def has_codings(self) -> bool:
        return "codings" in self.include

    @property
    def has_unadjudicated(self) -> bool:
        """Raw codings alone are the one way for unfinished articles into a release."""
        return not self.has_gold

    def faults(self) -> list[dict[str, str]]:
        """List what can't be built, as ``{field, code, detail}``."""
        found = []

        def fault(name: str, code: str, detail: str) -> None:
            found.append({"field": name, "code": code, "detail": detail})

        for name in self.formats:
            if name not in FORMATS:
                detail = _("There is no format “%(name)s”. There is: %(formats)s.")
                fault(
                    "formats",
                    "unknown_format",
                    detail % {"name": name, "formats": ", ".join(FORMATS)},
                )
        for name in self.formats:
            needs = DERIVED[name].NEEDS if name in DERIVED else ()
            if "text" in needs and not self.text:
                detail = _("The format “%(name)s” needs the texts. Include them.")
                fault("formats", "needs_text", detail % {"name": name})
            if "gold" in needs and not self.has_gold:
                detail = _("The format “%(name)s” holds gold only. Include it.")
                fault("formats", "needs_gold", detail % {"name": name})
        if not self.formats:
            fault("formats", "empty", _("Choose at least one format."))
        for name in self.include:
            if name not in PARTS:
                detail = _("A release can include: %(parts)s.")
                fault("include", "unknown_part", detail % {"parts": ", ".join(PARTS)})
        if not self.include:
            fault("include", "empty", _("Choose what to include."))
        if self.batches is not None and not self.batches:
            fault("batches", "empty", _("Choose at least one batch, or leave the list out."))
        if self.filter.get("from", "") > self.filter.get("to", "9999"):
            fault("filter.from", "out_of_order", _("“from” is after “to”."))
        if self.splits is not None:
            shares = self.splits.values()
            if not all(share > 0 for share in shares) or abs(sum(shares) - 1) > _TOLERANCE:
                fault("splits", "not_one", _("Shares are above 0 and sum to 1."))
            if any(not name.strip() or len(name) > 100 for name in self.splits):
                fault("splits", "bad_name", _("A split has a name of up to 100 characters."))
        if self.stratify is not None:
            if self.stratify not in STRATA:
                detail = _("A release can be stratified by: %(strata)s.")
                fault("stratify", "unknown", detail % {"strata": ", ".join(STRATA)})
            if self.splits is None:
                fault("stratify", "no_splits", _("Only splits can be stratified."))
        return found
