"""What is known of an article's units while the rules look at them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from annotations.algorithms.zones.units import Unit

BOILERPLATE = "boilerplate"
TITLE = "title"
BYLINE = "byline"
DATELINE = "dateline"
CAPTION = "caption"

#: Rules that mark site furniture, in the order in which the page on cleaning lists them.
FURNITURE_RULES = (
    "navigation",
    "section",
    "sharing",
    "newsletter",
    "comments",
    "copyright",
    "advertising",
    "read_also",
    "listing",
    "tags",
    "publisher",
    "stray_date",
    "recurring",
)
#: Rules that mark what belongs to the article and is no running text.
PART_RULES = ("title", "byline", "dateline", "caption")
RULES = FURNITURE_RULES + PART_RULES


@dataclass(frozen=True)
class Found:
    """A zone, and the rule that found it."""

    start: int
    end: int
    kind: str
    rule: str

    def as_zone(self) -> dict[str, int | str]:
        """Return it as articles keep it."""
        return {"start": self.start, "end": self.end, "kind": self.kind}


@dataclass
class Page:
    """The units of a text, and the rule that took each of them as furniture, if any."""

    units: list[Unit]
    furniture: dict[int, str] = field(default_factory=dict)
    parts: list[Found] = field(default_factory=list)
    #: Units of which ``parts`` says what they are, wholly or in part.
    explained: set[int] = field(default_factory=set)
    headline: int | None = None

    def take(self, index: int, rule: str) -> None:
        """Say that a unit is site furniture, unless something else is known of it."""
        if index not in self.furniture and index not in self.explained:
            self.furniture[index] = rule

    def part(self, index: int, kind: str, start: int = 0, end: int | None = None) -> None:
        """Say that a unit, or ``[start, end)`` of it, is no running text but the article's own."""
        unit = self.units[index]
        stop = len(unit.text) if end is None else end
        self.parts.append(Found(unit.start + start, unit.start + stop, kind, kind))
        self.explained.add(index)
        self.furniture.pop(index, None)

    def scrap(self, index: int, rule: str, start: int, end: int) -> None:
        """Say that ``[start, end)`` of a unit is furniture, whatever the rest of it is."""
        unit = self.units[index]
        self.parts.append(Found(unit.start + start, unit.start + end, BOILERPLATE, rule))

    def free(self) -> Iterator[int]:
        """Yield the units of which nothing is known yet."""
        return filter(self._is_free, range(len(self.units)))

    def prose(self) -> Iterator[int]:
        """Yield the units that read as parts of the story. Looking at one is what costs."""
        return (index for index in self.free() if self.units[index].is_prose)

    def last_prose(self) -> int | None:
        """Return the last of the units that read as parts of the story."""
        below = filter(self._is_free, reversed(range(len(self.units))))
        return next((index for index in below if self.units[index].is_prose), None)

    def _is_free(self, index: int) -> bool:
        return index not in self.furniture and index not in self.explained
