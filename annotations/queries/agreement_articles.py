"""Articles from those on which coders agree least, and those behind one figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotations.algorithms import agreement
from annotations.models import Task, User
from annotations.queries.agreement import Scope, called


@dataclass(frozen=True)
class Ranked:
    """A task, where it stands, and what its coders are called."""

    task_id: int
    standing: agreement.Standing
    coders: list[str]


def ranked(
    scope: Scope,
    user: User | None,
    *,
    pair: tuple[str, str] | None = None,
    labels: tuple[str | None, str | None] | None = None,
    coder: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    is_gold: bool = False,
    word: str | None = None,
) -> list[Ranked]:
    """Return the articles of a scope, worst first, or those of them that are behind a figure.

    Coders are named as ``user`` sees them; somebody whom nobody is called has no articles. See
    ``agreement.Question`` for what the rest narrows.
    """
    names = called(scope.project, user)
    known = {shown: uuid for uuid, shown in names.items()}
    asked = [*(pair or ()), *([coder] if coder is not None else [])]
    if not known.keys() >= set(asked):
        return []
    question = agreement.Question(
        label=scope.label or None,
        pair=(known[pair[0]], known[pair[1]]) if pair else None,
        coder=known[coder] if coder is not None else None,
        is_gold=is_gold,
        start=agreement.as_text(start) if start else None,
        end=agreement.as_text(end) if end else None,
        labels=labels,
        word=word,
    )
    rows = list(scope.rows().values_list("task", "counts"))
    tables = agreement.unpacked(row for _, row in rows)
    return [
        Ranked(rows[one.article][0], one, sorted(names[coder] for coder in one.coders))
        for one in agreement.standings(tables, question)
    ]


def listed(chosen: Sequence[Ranked]) -> list[dict[str, Any]]:
    """Return what is told of the articles ``chosen``, in their order."""
    tasks = (
        Task.objects.filter(pk__in=[one.task_id for one in chosen])
        .select_related("article", "batch", "agreement")
        .defer("article__text", "agreement__counts", "agreement__later_counts")
        .in_bulk()
    )
    return [
        {
            "task": task.uuid,
            "article": task.article.uuid,
            "key": task.article.key,
            "title": str(task.article.meta.get("title") or ""),
            "batch": task.batch.uuid,
            "batch_name": task.batch.name,
            "state": task.state,
            "coded_at": task.agreement.coded_at,
            "coders": one.coders,
            "units": one.standing.units,
            "spans": one.standing.spans,
            "alpha": one.standing.alpha,
            "strict_f1": one.standing.strict_f1,
            "times": one.standing.times,
        }
        for one in chosen
        for task in [tasks[one.task_id]]
    ]
