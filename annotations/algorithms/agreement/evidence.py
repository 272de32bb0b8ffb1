"""What figures rest on, as the database tells it, and what is kept of it.

Both are bytes, so that what is read by one process can be measured by another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from annotations.algorithms.agreement.article import Article, Mark, Marks
from annotations.algorithms.agreement.packing import packed
from annotations.algorithms.agreement.rows import rows_of


@dataclass(frozen=True)
class Work:
    """What one coder handed in at one time, which is spelt as ``as_text`` does."""

    at: str
    marks: Marks
    attributes: dict[Mark, dict[str, str]]


@dataclass
class Evidence:
    """What the figures on one task rest on.

    ``counted`` has the work that counts, by coder; ``later`` what coders of whom something counts
    handed in too late to count. Gold is None where nothing was adjudicated.
    """

    task: int
    length: int
    text: str
    excluded: list[tuple[int, int]]
    gold: Marks | None = None
    counted: dict[str, Work] = field(default_factory=dict)
    later: dict[str, Work] = field(default_factory=dict)

    @property
    def coded_at(self) -> str | None:
        """When the last of the counted work came."""
        return max((work.at for work in self.counted.values()), default=None)

    def article(self, *, is_later: bool = False) -> Article:
        """Return what is measured: the counted work, or in its place what came later."""
        works = self.counted | self.later if is_later else self.counted
        return Article(
            length=self.length,
            text=self.text,
            excluded=self.excluded,
            marks={coder: work.marks for coder, work in works.items()},
            attributes={c: work.attributes for c, work in works.items() if work.attributes},
            submitted={coder: work.at for coder, work in works.items()},
            gold=self.gold,
        )


@dataclass(frozen=True)
class Counted:
    """What one task contributes to figures, and with the later versions of what was handed in."""

    task: int
    coded_at: str | None
    counts: bytes
    later_counts: bytes | None


def evidence(told: bytes) -> list[Evidence]:
    """Return the evidence on each task, also on those that nobody has handed in any more.

    ``told`` is JSON: ``tasks`` (number, length, text, excluded zones), first ``interventions``
    (task, time), and ``works`` (task, coder, time, and in lists attributes, starts, ends and
    labels) in the order of time, behind gold, which nobody has coded.

    Of a coder counts what was last handed in before anybody ruled on the task or gave work
    back: after that, coders know more than the text.
    """
    rows = orjson.loads(told)
    found = {
        task: Evidence(task, length, text, [(zone["start"], zone["end"]) for zone in zones])
        for task, length, text, zones in rows["tasks"]
    }
    ends = dict(rows["interventions"])
    for task, coder, at, (said, *extents) in rows["works"]:
        own, marks = found[task], Marks(*extents)
        if coder is None:
            own.gold = marks
            continue
        end = ends.get(task)
        counts = coder not in own.counted or end is None or at <= end
        (own.counted if counts else own.later)[coder] = Work(at, marks, _attributes(marks, said))
    return list(found.values())


def _attributes(marks: Marks, said: list[Any]) -> dict[Mark, dict[str, str]]:
    """Return what was said of marks, a list for each; of a mark that is repeated, all that was."""
    found: dict[Mark, dict[str, str]] = {}
    if any(said):
        for mark, attributes in zip(marks, said, strict=True):
            if attributes:
                own = {one["name"]: one["value"] for one in attributes}
                found.setdefault(mark, {}).update(own)
    return found


def measured(told: bytes) -> bytes:
    """Return what each task that ``evidence`` is told of contributes; ``counted`` reads it.

    It begins with a line of JSON: of each its number, when it was coded, and how many bytes its
    counts and later counts take, which follow.
    """
    found = evidence(told)
    counts = packed(rows_of(one.article() for one in found))
    anew = [one for one in found if one.later]
    again = packed(rows_of(one.article(is_later=True) for one in anew))
    later = {one.task: own for one, own in zip(anew, again, strict=True)}
    head, parts = [], []
    for one, own in zip(found, counts, strict=True):
        other = later.get(one.task)
        head.append((one.task, one.coded_at, len(own), None if other is None else len(other)))
        parts += [own, other or b""]
    return b"\n".join([orjson.dumps(head), b"".join(parts)])


def counted(measured: bytes) -> Iterable[Counted]:
    """Yield what ``measured`` found of each task."""
    head, numbers = measured.split(b"\n", 1)
    place = 0
    for task, coded_at, size, later_size in orjson.loads(head):
        end = place + size
        later_end = end + (later_size or 0)
        later = None if later_size is None else numbers[end:later_end]
        yield Counted(task, coded_at, numbers[place:end], later)
        place = later_end
