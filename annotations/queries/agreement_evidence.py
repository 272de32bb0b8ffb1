"""What agreement figures rest on: whose work on a task counts, and its gold."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db.models import F, Func, Min, TextField
from django.db.models.functions import Cast

from annotations.algorithms.agreement import Article, Mark, as_text
from annotations.enums import TaskState, ZoneKind
from annotations.models import Assignment, AuditEvent, Gold, Submission, Task


@dataclass(frozen=True)
class Work:
    """What one coder handed in at one time."""

    at: datetime
    marks: list[Mark]
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
    gold: list[Mark] | None = None
    counted: dict[str, Work] = field(default_factory=dict)
    later: dict[str, Work] = field(default_factory=dict)

    @property
    def coded_at(self) -> datetime | None:
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
            submitted={coder: as_text(work.at) for coder, work in works.items()},
            gold=self.gold,
        )


def evidence(pks: list[int]) -> list[Evidence]:
    """Return the evidence on each task, also on those that nobody has handed in any more.

    Of a coder counts what was last handed in before anybody ruled on the task or gave work
    back: after that, coders know more than the text.
    """
    tasks = Task.objects.filter(pk__in=pks).order_by("pk")
    columns = ("pk", "article__text_length", "article__text", _text_of("article__zones"))
    found = {
        pk: Evidence(pk, length, text, furniture(orjson.loads(zones)))
        for pk, length, text, zones in tasks.values_list(*columns)
    }
    golds = Gold.objects.filter(task__in=pks, task__state=TaskState.ADJUDICATED)
    for task, *columns in golds.order_by("number").values_list("task", *_MARKS):
        found[task].gold = _marks(*columns)
    ends = _first_interventions(pks)
    live = Assignment.objects.live().filter(task__in=pks)
    submissions = Submission.objects.filter(assignment__in=live).order_by("submitted_at", "pk")
    for task, coder, at, attributed, *columns in submissions.values_list(
        "assignment__task", "assignment__coder__uuid", "submitted_at", _ATTRIBUTED, *_MARKS
    ):
        own, name, end = found[task], str(coder), ends.get(task)
        counts = name not in own.counted or end is None or at <= end
        work = Work(at, _marks(*columns), _attributes(attributed))
        (own.counted if counts else own.later)[name] = work
    return list(found.values())


class _EachSpan(Func):
    """What a path finds in the spans of a row, as the text of a JSON list.

    The database reads JSON where it lies; to bring whole spans here takes three times as long.
    """

    function = "jsonb_path_query_array"
    template = "%(function)s(%(expressions)s, '$[*]%(path)s')::text"
    output_field = TextField()


def _text_of(field: str) -> Cast:
    """Leave JSON to orjson, which takes a fifth of the time."""
    return Cast(field, TextField())


_MARKS = [_EachSpan(F("spans"), path=f".{name}") for name in ("start", "end", "label")]
_ATTRIBUTED = _EachSpan(F("spans"), path=" ? (exists(@.attributes[*]))")


def _marks(*columns: str) -> list[Mark]:
    return list(zip(*map(orjson.loads, columns), strict=True))


def _attributes(spans: str) -> dict[Mark, dict[str, str]]:
    """Return what was said of marks; of a mark that is repeated, all that was."""
    found: dict[Mark, dict[str, str]] = {}
    for span in orjson.loads(spans):
        said = {one["name"]: one["value"] for one in span["attributes"]}
        found.setdefault((span["start"], span["end"], span["label"]), {}).update(said)
    return found


def furniture(zones: Iterable[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the extents that no figure counts."""
    return [(one["start"], one["end"]) for one in zones if one["kind"] == ZoneKind.BOILERPLATE]


def _first_interventions(pks: Iterable[int]) -> dict[int, datetime]:
    ruled = (
        Task.objects.filter(pk__in=pks, decisions__is_automatic=False)
        .annotate(first=Min("decisions__made_at"))
        .values_list("pk", "first")
    )
    found = dict(ruled)
    work = Assignment.objects.filter(task__in=pks)
    returned = AuditEvent.objects.filter(
        kind=AuditEvent.Kind.ASSIGNMENT_RETURNED, target_uuid__in=work.values("uuid")
    )
    moments = list(returned.values_list("target_uuid", "at"))
    tasks = dict(work.filter(uuid__in=[one for one, _ in moments]).values_list("uuid", "task"))
    for assignment, at in moments:
        task = tasks[assignment]
        found[task] = min(at, found.get(task, at))
    return found
