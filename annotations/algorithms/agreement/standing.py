"""Where one article, one coder or two coders stand: α and F1 of some comparisons, pooled.

To compare a coder with several others, each two are taken as a pair of their own: α is that of
all characters that any of these pairs has read, with the values of both (see ``alpha``).
"""

from dataclasses import dataclass, field

from annotations.algorithms.agreement import alpha, pairs, semeval
from annotations.algorithms.agreement.article import NA
from annotations.algorithms.agreement.views import View

_NOBODY = NA("no_articles")


@dataclass
class Pairs:
    """Comparisons of two coders each, added up over articles."""

    differ: int = 0
    used: dict[str, int] = field(default_factory=dict)
    strict: int = 0
    spans: int = 0

    def add(self, seen: View, coder: str | None = None, other: str | None = None) -> bool:
        """Add an article's pairs, of a coder or of two if named; say whether there is any."""
        asked = {name for name in (coder, other) if name is not None}
        chosen = [pair for pair in seen["pairs"] if asked <= {pair[0], pair[1]}]
        for one, two, strict, _, _, differ in chosen:
            self.differ += differ
            alpha.add_up(self.used, seen["values"][one], seen["values"][two])
            self.strict += strict
            self.spans += seen["spans"][one] + seen["spans"][two]
        return bool(chosen)

    def alpha(self) -> float | NA:
        return alpha.alpha(2 * self.differ, self.used.values()) if self.used else _NOBODY

    def strict_f1(self) -> float | NA:
        return pairs.f1(self.strict, self.spans)


@dataclass
class AgainstGold:
    """One coder's articles that have gold, compared with it and added up."""

    articles: int = 0
    differ: int = 0
    used: dict[str, int] = field(default_factory=dict)
    tally: semeval.Tally = field(default_factory=semeval.Tally)

    def add(self, seen: View, coder: str) -> bool:
        """Add an article; say whether it has gold, and the coder's work."""
        if coder not in seen.get("gold", {}):
            return False
        self.articles += 1
        self.differ += seen["gold_differ"][coder]
        alpha.add_up(self.used, seen["gold_values"], seen["values"][coder])
        self.tally = self.tally.plus(semeval.Tally(*seen["gold"][coder]))
        return True

    def alpha(self) -> float | NA:
        return alpha.alpha(2 * self.differ, self.used.values()) if self.used else _NOBODY

    def f1(self, scheme: str) -> float | NA:
        return semeval.f1(self.tally.scheme(scheme)) if self.articles else _NOBODY
