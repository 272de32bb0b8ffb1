"""The adjudicator's queue, and the page of one task."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotations.enums import Role
from annotations.forms.adjudication import QueueForm
from annotations.models import Task
from annotations.permissions import can_rule
from annotations.queries import coding, disputes
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
    now = timezone.now()
    for task in page.object_list:
        task.holder = disputes.taken_by(task, now)
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
    """Go to the most disputed article that waits and nobody is at, else to the queue."""
    project = project_for(request, slug, Role.ADJUDICATOR)
    form = QueueForm(request.GET, project=project, user=request.user)
    waiting = form.narrowed(disputes.queue(project, request.user))
    task = disputes.free_for(waiting, request.user, timezone.now()).first()
    if task is None:
        return redirect("annotations:tasks", project.slug)
    return redirect("annotations:adjudication", task.uuid)


@require_safe
def page(request, uuid):
    """The text and its disputes. The cards themselves come from the API."""
    visible = Task.objects.visible_to(request.user)
    task = get_object_or_404(visible.select_related("batch__project", "article"), uuid=uuid)
    if not can_rule(request.user, task):
        raise PermissionDenied
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
            "paragraphs": coding.paragraphs(task.article),
            "coders": sorted(disputes.names(task, assignments).values()),
            "reasons": project.settings.get("reasons", []),
            "rules": disputes.codebook_of(task, assignments).rules,
        },
    )
