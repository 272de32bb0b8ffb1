"""Agreement figures as they are stored, and which of them coding has left behind."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotations.algorithms import agreement
from annotations.enums import JobState, Role
from annotations.models import (
    AgreementReport,
    Assignment,
    Batch,
    Member,
    Project,
    Submission,
    Task,
    User,
)
from annotations.permissions import has_role

PENDING = "pending"
_KINDS = ("strict_f1", "extent_f1", "overlap_f1")


def scope_of(batches: Iterable[Batch], label: str) -> str:
    """Name a set of batches and a label, so that each has one report."""
    names = sorted(str(batch.uuid) for batch in batches)
    return hashlib.sha256(json.dumps([names, label]).encode()).hexdigest()


def outdated(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Keep the tasks whose rows do not have the latest submission or gold."""
    submissions = Submission.objects.filter(assignment__task=OuterRef("pk"))
    newer = submissions.filter(submitted_at__gt=OuterRef("agreement__measured_at"))
    return tasks.filter(
        Q(agreement=None) & Exists(submissions)
        | Exists(newer)
        | Q(agreement__measured_at__lt=F("adjudicated_at"))
    )


def open_batches(project: Project, user: User) -> QuerySet[Batch]:
    """Return the batches whose coders' agreement ``user`` may know of, role permitting."""
    return Batch.objects.published().filter(project=project).open_book_for(user)


def report_on(project: Project, batches: list[Batch], label: str) -> AgreementReport | None:
    """Return the stored report on ``batches``, if there is one."""
    scope = scope_of(batches, label)
    return AgreementReport.objects.filter(project=project, scope=scope).first()


def is_stale(report: AgreementReport | None, batches: list[Batch]) -> bool:
    """Say whether coding went on since ``report`` was computed."""
    if report is None or report.is_stale or report.state != JobState.READY:
        return True
    tasks = Task.objects.filter(batch__in=batches)
    work = Assignment.objects.filter(task__batch__in=batches)
    return (
        work.filter(submitted_at__gt=report.computed_at).exists()
        or tasks.filter(adjudicated_at__gt=report.computed_at).exists()
    )


def as_contract(
    project: Project, user: User | None, batches: list[Batch], label: str = ""
) -> dict[str, Any]:
    """Return what the agreement call answers, always from stored rows.

    Coders are called as ``called()`` says.
    """
    report = report_on(project, batches, label)
    figures = report.figures if report else None
    return {
        "computed_at": report.computed_at if report else None,
        "stale": is_stale(report, batches),
        **(renamed(figures, called(project, user)) if figures else pending()),
    }


def pending() -> dict[str, Any]:
    """Return the shape of a report of which nothing is computed yet."""
    nothing = {"value": None, "na": PENDING}
    empty = agreement.report([])
    return {
        **empty,
        "alpha": {**nothing, "articles": 0, "units": 0},
        "u_alpha": {
            name: {} if name == "by_label" else dict(nothing) for name in empty["u_alpha"]
        },
        "mean_pair": {kind: dict(nothing) for kind in _KINDS},
    }


def renamed(figures: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return ``figures`` with coders called by ``names``, which lists them in its order."""
    pairs = [
        _in_order({**pair, "a": names[pair["a"]], "b": names[pair["b"]]})
        for pair in figures["pairs"]
    ]
    gold = [{**row, "coder": names[row["coder"]]} for row in figures["gold"]]
    return {
        **figures,
        "coders": sorted(names[coder] for coder in figures["coders"]),
        "pairs": sorted(pairs, key=lambda pair: (pair["a"], pair["b"])),
        "gold": sorted(gold, key=lambda row: row["coder"]),
    }


def _in_order(pair: dict[str, Any]) -> dict[str, Any]:
    """Put the pair's coders in the order of their shown names: another would tell theirs."""
    if pair["a"] <= pair["b"]:
        return pair
    turned = {"a": "b", "b": "a", "spans_a": "spans_b", "spans_b": "spans_a"}
    return {name: pair[turned.get(name, name)] for name in pair}


def called(project: Project, user: User | None) -> dict[str, str]:
    """Return what ``user`` may call each member, by UUID: their name, or a pseudonym that holds
    for the whole project. Nobody is the operator of the command line, who may know names."""
    members = list(Member.objects.filter(project=project).select_related("user"))
    is_admin = user is None or has_role(user, project, Role.ADMIN)
    if is_admin or project.settings.get("show_names"):
        taken = {member.name for member in members if not member.is_external}
        return {
            str(member.uuid): f"{member.name} (external)"
            if member.is_external and member.name in taken
            else member.name
            for member in members
        }
    key = bytes(project.secret)
    hidden = sorted(
        (str(member.uuid) for member in members),
        key=lambda member: hmac.digest(key, f"agreement\n{member}".encode(), "sha256"),
    )
    width = len(str(len(hidden)))
    return {member: f"coder-{place:0{width}}" for place, member in enumerate(hidden, start=1)}


def ladder(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rungs from finding the same thing to coding it alike, and α beside them."""
    mean = figures["mean_pair"]
    rungs = [
        ("found", mean["overlap_f1"]),
        ("boundary", mean["extent_f1"]),
        ("label", _label_given_extent(figures["confusion"])),
        ("strict", mean["strict_f1"]),
        ("alpha", figures["alpha"]),
    ]
    return [{"name": name, **figure, "places": _places(figure)} for name, figure in rungs]


def _places(figure: Mapping[str, Any]) -> dict[str, float]:
    """Return where the figure and its interval lie on a scale from 0 to 100."""
    return {
        name: round(100 * min(1.0, max(0.0, figure[name])), 2)
        for name in ("value", "low", "high")
        if figure.get(name) is not None
    }


def heat_map(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row a coder, with the α of each pair and its step on the ramp from 1 to 5."""
    values = {}
    for pair in figures["pairs"]:
        values[pair["a"], pair["b"]] = values[pair["b"], pair["a"]] = pair
    coders = sorted({coder for pair in values for coder in pair})
    return [
        {"coder": one, "cells": [_cell(values.get((one, other))) for other in coders]}
        for one in coders
    ]


def _cell(pair: Mapping[str, Any] | None) -> dict[str, Any]:
    if pair is None:
        return {"value": None, "step": "na", "articles": 0}
    value = pair["alpha"]
    if not isinstance(value, int | float):
        return {"value": None, "step": "na", "articles": pair["articles"]}
    step = 1 + sum(value >= limit for limit in (0.2, 0.4, 0.667, 0.8))
    return {"value": value, "step": step, "articles": pair["articles"]}


def _label_given_extent(confusion: Mapping[str, Any]) -> dict[str, Any]:
    """Return the share of spans of one extent that got one label."""
    named = [at for at, label in enumerate(confusion["labels"]) if label is not None]
    counts = confusion["counts"]
    same = sum(counts[at][at] for at in named)
    both = sum(counts[a][b] for a in named for b in named if a <= b)
    return {"value": same / both} if both else {"value": None, "na": "no_spans"}
