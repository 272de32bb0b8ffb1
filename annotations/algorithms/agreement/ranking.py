"""Articles by how far people agree on them."""

from dataclasses import dataclass

from annotations.algorithms.agreement import words
from annotations.algorithms.agreement.alpha import alpha_of
from annotations.algorithms.agreement.confusion import rank
from annotations.algorithms.agreement.figures import Figure, figure
from annotations.algorithms.agreement.standing import AgainstGold, Pairs
from annotations.algorithms.agreement.views import View, view


@dataclass(frozen=True)
class Question:
    """Which articles are meant, and whose agreement on them.

    ``pair``: of these two. ``coder``: of this one with the others, or with gold; between
    ``start`` and ``end``, ISO 8601, by that coder's submissions. ``labels``: articles in which
    one of two coders gave the first and the other the second, None being nothing, to an extent.
    ``word``: articles in which it is disputed.
    """

    label: str | None = None
    pair: tuple[str, str] | None = None
    coder: str | None = None
    is_gold: bool = False
    start: str | None = None
    end: str | None = None
    labels: tuple[str | None, str | None] | None = None
    word: str | None = None


@dataclass(frozen=True)
class Standing:
    """One article: the figures asked for, and how often what was looked for occurs."""

    alpha: Figure
    strict_f1: Figure
    times: int | None
    units: int
    spans: int
    coders: tuple[str, ...]


def standing(row: View, question: Question) -> Standing | None:
    """Return where an article stands; None if it is not among those that are meant."""
    times = _times(row, question)
    if times == 0 or not _is_in_time(row, question):
        return None
    seen = view(row, question.label)
    found: AgainstGold | Pairs
    if question.is_gold and question.coder is not None:
        found = AgainstGold()
        is_meant = found.add(seen, question.coder)
        strict = found.f1("strict")
    else:
        asked = question.pair or (question.coder, None)
        found = Pairs()
        is_meant = found.add(seen, *asked)
        strict = found.strict_f1()
    if not is_meant:
        return None
    is_of_all = question.pair is None and question.coder is None
    return Standing(
        alpha=figure(alpha_of(seen) if is_of_all else found.alpha()),
        strict_f1=figure(strict),
        times=times,
        units=seen["units"],
        spans=sum(seen["spans"].values()),
        coders=tuple(sorted(seen["spans"])),
    )


def worst_first(one: Standing) -> tuple[bool, float, bool, float]:
    """Sort by α, then by F1; what can't be said comes last."""
    alpha, strict = one.alpha["value"], one.strict_f1["value"]
    return (alpha is None, alpha or 0.0, strict is None, strict or 0.0)


def _times(row: View, question: Question) -> int | None:
    """Return how often the labels or the word occur, None if neither is asked for."""
    counts = []
    if question.labels is not None:
        asked = sorted(question.labels, key=rank)
        counts.append(sum(n for one, other, n in row["confusion"] if [one, other] == asked))
    if question.word is not None:
        counts.append(words.disputed_in(row, question.word, question.label))
    return min(counts) if counts else None


def _is_in_time(row: View, question: Question) -> bool:
    """Compare as text: all are in one time zone, to the microsecond."""
    if question.start is None and question.end is None:
        return True
    moment = row["submitted"].get(question.coder, "")
    return (question.start or "") <= moment and moment <= (question.end or moment)
