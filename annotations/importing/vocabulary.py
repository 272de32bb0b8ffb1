"""The labels, attributes and links that spans may use."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from annotations.importing.problems import Problem
from annotations.importing.records import Record, Span
from annotations.importing.shapes import shown

#: What an import may declare: beyond it nobody could learn the codebook.
MOST_LABELS = 500
MOST_NAMES = 200
#: People whose work comes in with one import.
MOST_CODERS = 1000


@dataclass
class Names:
    """What a codebook declares for one label."""

    attributes: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)


class Vocabulary(dict[str, Names]):
    """Label keys, each with the names of its attributes and links."""

    def __init__(self, *known: Any):
        super().__init__(*known)
        self._coders: set[str] = set()

    @classmethod
    def of(cls, definitions: Iterable[Any]) -> "Vocabulary":
        """Return what ``definitions`` declare, retired labels included: old work uses them."""
        return cls(
            (
                definition.label.key,
                Names(
                    {attribute["name"] for attribute in definition.attributes},
                    {link["name"] for link in definition.links},
                ),
            )
            for definition in definitions
        )

    def refuse_unknown(self, record: Record) -> None:
        """Raise a ``Problem`` for the first name in ``record`` that is not declared."""
        self._meet(record)
        for label, kind, name in _names(record):
            if label not in self:
                raise Problem("unknown_label", f"The codebook has no label “{shown(label)}”.")
            if kind and name not in getattr(self[label], kind):
                raise Problem(
                    f"unknown_{kind.removesuffix('s')}",
                    f"The label “{shown(label)}” declares no {kind.removesuffix('s')} "
                    f"“{shown(name)}”.",
                )

    def add(self, record: Record) -> None:
        """Declare every name that ``record`` uses. Raises ``Problem`` for too many."""
        self._meet(record)
        used: dict[tuple[str, str], set[str]] = {}
        for label, kind, name in _names(record):
            used.setdefault((label, kind), set()).add(name)
        labels = {label for label, _ in used}
        if len(self.keys() | labels) > MOST_LABELS:
            raise Problem("too_many_labels", f"A codebook may have {MOST_LABELS} labels.")
        for (label, kind), names in used.items():
            if kind and len(getattr(self.get(label, Names()), kind) | names) > MOST_NAMES:
                detail = f"The label “{shown(label)}” may have {MOST_NAMES} {kind}."
                raise Problem("too_many_labels", detail)
        for (label, kind), names in used.items():
            known = self.setdefault(label, Names())
            if kind:
                getattr(known, kind).update(names)

    def _meet(self, record: Record) -> None:
        new = {coding.coder for coding in record.codings} - self._coders
        if len(self._coders) + len(new) > MOST_CODERS:
            raise Problem("too_many_coders", f"An import may bring {MOST_CODERS} coders.")
        self._coders |= new


def _names(record: Record):
    """Yield each name that the record uses, as label, kind and name."""

    def of_span(span: Span):
        yield span["label"], "", ""
        for kind in ("attributes", "links"):
            for item in span[kind]:
                yield span["label"], kind, item["name"]

    for layer in record.layers:
        for span in layer:
            yield from of_span(span)
