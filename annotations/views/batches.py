from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import batch_changes
from annotations.enums import Role, TaskState
from annotations.exceptions import Refused
from annotations.models import Article, Assignment, Batch
from annotations.permissions import can_know_of
from annotations.queries import late_work, progress, reassignment
from annotations.views.lookup import project_for

PAGE = 20
COLUMNS = 40


@require_safe
def index(request, slug):
    """The project's batches, and how far those have come that one may know of."""
    project = project_for(request, slug, Role.ADMIN)
    visible = Batch.objects.visible_to(request.user).filter(project=project)
    found = progress.with_progress(visible, request.user).order_by("-created_at", "-pk")
    return render(
        request,
        "annotations/batches/list.html",
        {
            "project": project,
            "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
            "has_articles": Article.objects.published().filter(project=project).exists(),
        },
    )


@require_safe
def detail(request, uuid):
    """One batch: what it is, who has what, how far it is, and what can be done about it."""
    context = _context(request, uuid)
    batch = context["batch"]
    if "counts" in context:
        context["late"] = late_work.of(Assignment.objects.filter(task__batch=batch))
    if "counts" in context and batch.closed_at is None:
        context["givers"] = reassignment.coders_with_work(batch)
        context["takers"] = reassignment.coders_to_take_over(batch)
        context["is_open"] = context["counts"].tasks[TaskState.OPEN] > 0
    return render(request, "annotations/batches/detail.html", context)


@require_safe
def batch_progress(request, uuid):
    return render(request, "annotations/batches/_batch_progress.html", _context(request, uuid))


@require_POST
def reassign(request, uuid):
    """Give one coder's unsubmitted work to another, and say what had to stay."""
    batch = _batch(request, uuid)
    try:
        handover = batch_changes.reassign(
            batch=batch,
            from_coder=request.POST.get("from", ""),
            to_coder=request.POST.get("to", ""),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        _say_reasons(request, refusal.errors)
    else:
        moved = len(handover.movable)
        text = ngettext("%(count)s article moved.", "%(count)s articles moved.", moved)
        messages.success(request, text % {"count": moved})
        _say_reasons(request, handover.refusals)
    return redirect("annotations:batch", uuid)


@require_POST
def close(request, uuid):
    """Wait for nobody any longer."""
    try:
        batch_changes.close(batch=_batch(request, uuid), by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The batch is closed."))
    return redirect("annotations:batch", uuid)


def _say_reasons(request, errors: list[dict]) -> None:
    """Say each reason once, with how often it stood in the way."""
    reasons = Counter(error["detail"] for error in errors if "article" in error)
    for reason, count in reasons.items():
        text = ngettext("%(count)s article stayed.", "%(count)s articles stayed.", count)
        messages.warning(request, f"{text % {'count': count}} {reason}")


def _batch(request, uuid) -> Batch:
    visible = Batch.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("project", "created_by"), uuid=uuid)


def _context(request, uuid) -> dict:
    batch = _batch(request, uuid)
    context = {"project": batch.project, "batch": batch}
    if not can_know_of(request.user, batch):
        return context
    tasks = batch.tasks.kept().select_related("article").defer("article__text")
    page = Paginator(tasks.order_by("position", "pk"), COLUMNS).get_page(request.GET.get("page"))
    counts = progress.counts(batch)
    return context | {
        "counts": counts,
        "page": page,
        "coverage": progress.coverage(batch, list(page.object_list)),
        "is_over": counts.adjudicated == counts.articles,
    }
