"""The adjudicator's queue, and the page of one task."""

from contextlib import suppress
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from annotations.enums import Role, TaskState
from annotations.forms.adjudication import QueueForm
from annotations.models import Task
from annotations.permissions import can_rule
from annotations.queries import coding, disputes, reading
from annotations.views.lookup import project_for

PER_PAGE = 50


@require_safe
def queue(request, slug):
    """Articles that wait for a ruling, or with ``?show=finished`` those that have theirs."""
    project = project_for(request, slug, Role.ADJUDICATOR)
    show = "finished" if request.GET.get("show") == "finished" else "waiting"
    form = QueueForm(request.GET, project=project, user=request.user)
    tasks = disputes.queue(project, request.user, is_finished=show == "finished")
    tasks = form.narrowed(tasks)
    page = Paginator(tasks, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "annotations/adjudication/queue.html",
        {
            "project": project,
            "show": show,
            "form": form,
            "wanted": urlencode(form.wanted),
            "query": f"{urlencode({'show': show, **form.wanted})}&",
            "page": page,
            "tasks": page.object_list,
        },
    )


@require_safe
def next_task(request, slug):
    """Go to the most disputed article that waits and nobody is at, else to the queue.

    Each ``?but=`` names one to leave out, and the filters of the queue go along.
    """
    project = project_for(request, slug, Role.ADJUDICATOR)
    form = QueueForm(request.GET, project=project, user=request.user)
    waiting = form.narrowed(disputes.queue(project, request.user))
    free = disputes.free_for(waiting, request.user)
    task = free.exclude(uuid__in=_uuids(request.GET.getlist("but"))).first()
    if task is None:
        address = reverse("annotations:tasks", args=[project.slug])
    else:
        address = reverse("annotations:adjudication", args=[task.uuid])
    return redirect(f"{address}?{urlencode(form.wanted)}" if form.wanted else address)


@require_safe
def page(request, uuid):
    """The text and its disputes. The cards themselves come from the API."""
    task = _task_to_rule_on(request, uuid)
    project = task.batch.project
    assignments = disputes.coders_of(task)
    return render(
        request,
        "annotations/adjudication/page.html",
        {
            "task": task,
            "article": task.article,
            "batch": task.batch,
            "project": project,
            "wanted": _passed_on(request),
            "card": request.GET.get("card", ""),
            "finishes": project.settings.get("auto_finish", True),
            "paragraphs": coding.paragraphs(task.article),
            "coders": sorted(disputes.names(task, assignments).values()),
            "reasons": project.settings.get("reasons", []),
            "rules": disputes.citable_rules(task, assignments),
        },
    )


@require_safe
def gold(request, uuid):
    """What the adjudication of an article came to, to be read or printed."""
    task = _task_to_rule_on(request, uuid)
    if task.state != TaskState.ADJUDICATED:
        raise Http404
    spans = reading.gold_spans(task)
    return render(
        request,
        "annotations/adjudication/gold.html",
        {
            "task": task,
            "article": task.article,
            "batch": task.batch,
            "project": task.batch.project,
            "facts": reading.facts(task.article),
            "spans": spans,
            "lines": reading.marked_lines(task.article, spans),
            "legend": reading.legend(spans),
            "rules": reading.cited_rules(task.batch.project, spans),
        },
    )


def _task_to_rule_on(request, uuid):
    visible = Task.objects.visible_to(request.user)
    task = get_object_or_404(visible.select_related("batch__project", "article"), uuid=uuid)
    if not can_rule(request.user, task):
        raise PermissionDenied
    return task


def _passed_on(request):
    """Return the filters of the queue that the person came from, for the way back."""
    given = {name: request.GET.get(name) for name in QueueForm.base_fields}
    return urlencode({name: value for name, value in given.items() if value})


def _uuids(given):
    """Return those that are UUIDs; what makes no sense is passed over."""
    found = []
    for one in given:
        with suppress(ValueError):
            found.append(UUID(one))
    return found
