"""The labels, attributes and links that spans may use."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from annotations.importing.problems import Problem
from annotations.importing.records import Record, Span
from annotations.importing.shapes import shown


@dataclass
class Names:
    """What a codebook declares for one label."""

    attributes: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)


class Vocabulary(dict[str, Names]):
    """Label keys, each with the names of its attributes and links."""

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
        """Declare every name that ``record`` uses."""
        for label, kind, name in _names(record):
            names = self.setdefault(label, Names())
            if kind:
                getattr(names, kind).add(name)


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
