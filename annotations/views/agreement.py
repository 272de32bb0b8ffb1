"""How far the coders agree, and the articles that the figures rest on."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.actions import agreement as measuring
from annotations.enums import JobState, Role, TaskState
from annotations.forms.agreement import BehindForm, ScopeForm
from annotations.models import Batch, Project, User
from annotations.permissions import can_administer, has_role
from annotations.queries import (
    agreement,
    agreement_articles,
    agreement_charts,
    codebook,
    disputes,
)
from annotations.queries.agreement import Scope
from annotations.queries.progress import with_open_book
from annotations.views.lookup import project_for

PAGE = 50

#: How many of the worst articles the page itself shows.
WORST = 10


@require_safe
def page(request, slug):
    """How far the coders agree: the ladder, who with whom, over which labels, words and time.

    While new figures are on their way, the page asks for them by ``?seen=`` and the time of
    those that it has, and is answered nothing until there are others.
    """
    project = project_for(request, slug, Role.ADMIN, Role.ADJUDICATOR)
    form = _form(request, project)
    if form.is_closed_book:
        return _closed(request, project)
    scope = _scope(form, project)
    report, details = agreement.whole(scope, request.user)
    if report["stale"] and scope.batches:
        measuring.ring(scope)
    seen = report["computed_at"].isoformat() if report["computed_at"] else ""
    is_awaited = report["stale"] and details["state"] != JobState.FAILED
    if request.htmx and is_awaited and request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    template = "_agreement_report" if request.htmx else "page"
    return render(
        request,
        f"annotations/agreement/{template}.html",
        {
            "project": project,
            "form": form,
            "scope": scope,
            "query": form.query(),
            "label_query": form.query(but="label"),
            "report": report,
            "details": details,
            "seen": seen,
            "is_awaited": is_awaited,
            "rungs": agreement_charts.ladder(report, details),
            "heat": agreement_charts.heat_map(report),
            "labels": form.labels,
            "handed_in": agreement.coders_handed_in(scope) if not report["articles"] else None,
            "can_administer": not report["articles"] and can_administer(request.user, project),
            "can_rule": has_role(request.user, project, Role.ADJUDICATOR),
        },
    )


@require_safe
def articles(request, slug):
    """The articles behind a cell of the page, those with the least agreement first.

    The page itself asks for the very worst of all.
    """
    project = project_for(request, slug, Role.ADMIN, Role.ADJUDICATOR)
    form = _form(request, project)
    if form.is_closed_book:
        return _closed(request, project)
    scope = _scope(form, project)
    behind = BehindForm(request.GET)
    wanted = behind.wanted
    ranked = agreement_articles.ranked(scope, request.user, **wanted)
    page = Paginator(ranked, WORST if request.htmx else PAGE).get_page(request.GET.get("page"))
    listed = agreement_articles.listed(page.object_list)
    template = "_worst" if request.htmx else "articles"
    return render(
        request,
        f"annotations/agreement/{template}.html",
        {
            "project": project,
            "wanted": wanted,
            "labels": form.labels,
            "page": page,
            "articles": listed,
            "has_times": "labels" in wanted or "word" in wanted,
            "rulable": _rulable(project, request.user, listed),
            "in_queue": behind.in_queue,
            "scope_query": form.query(),
            "query": form.query() + behind.query,
        },
    )


def _form(request, project: Project) -> ScopeForm:
    """Return what the address asks about. A batch of another project is not found."""
    batches = Batch.objects.published().filter(project=project).order_by("created_at", "pk")
    form = ScopeForm(
        request.GET,
        batches=with_open_book(batches, request.user),
        labels=codebook.current_definitions(project),
    )
    form.is_valid()
    if form.named not in {None, *form.open, *form.closed}:
        raise Http404
    return form


def _scope(form: ScopeForm, project: Project) -> Scope:
    given = form.cleaned_data
    return Scope(
        project,
        form.chosen,
        label=given.get("label", ""),
        since=given.get("from"),
        until=given.get("to"),
    )


def _rulable(project: Project, user: User, listed: list[dict[str, Any]]) -> set[UUID]:
    """Return the tasks of ``listed`` whose adjudication the person may open."""
    ready = [row["task"] for row in listed if row["state"] != TaskState.OPEN]
    tasks = disputes.open_to_rule(project, user).filter(uuid__in=ready)
    return set(tasks.values_list("uuid", flat=True))


def _closed(request, project: Project) -> HttpResponse:
    """Say why the person sees nothing of a batch."""
    return render(request, "annotations/agreement/closed.html", {"project": project}, status=403)
