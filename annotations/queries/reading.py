"""An article as it is read: its text cut where zones begin and end."""

from dataclasses import dataclass
from itertools import pairwise

from annotations.enums import ZoneKind
from annotations.models import Article


@dataclass(frozen=True)
class Piece:
    """A stretch of one line, and the kind of the zone that it lies in, if any."""

    text: str
    kind: str = ""

    @property
    def kind_name(self) -> str:
        return str(ZoneKind(self.kind).label) if self.kind else ""


def lines(article: Article) -> list[list[Piece]]:
    """Return the text line by line, each in pieces; where zones overlap, the first one counts."""
    borders = sorted({border for zone in article.zones for border in (zone["start"], zone["end"])})
    cut = []
    start = 0
    for line in article.text.split("\n"):
        end = start + len(line)
        inside = [border for border in borders if start < border < end]
        edges = [start, *inside, end]
        cut.append(
            [
                Piece(article.text[left:right], _kind(article, left, right))
                for left, right in pairwise(edges)
                if left < right
            ]
        )
        start = end + 1
    return cut


def _kind(article: Article, start: int, end: int) -> str:
    for zone in article.zones:
        if zone["start"] <= start and end <= zone["end"]:
            return zone["kind"]
    return ""
