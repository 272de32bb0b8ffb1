from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import imports
from annotations.enums import JobState, Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.imports import ImportForm
from annotations.models import ImportJob
from annotations.views.lookup import project_for

PAGE = 20
PROBLEMS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def index(request, slug):
    """Where files are dropped, and what became of earlier ones."""
    project = project_for(request, slug, Role.ADMIN)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        try:
            job = imports.request_import(
                project=project, by=request.user, at=timezone.now(), **form.options
            )
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            return redirect("annotations:import", project.slug, job.uuid)
    earlier = ImportJob.objects.visible_to(request.user).filter(project=project)
    page = Paginator(
        earlier.select_related("requested_by")
        .prefetch_related("files")
        .order_by("-created_at", "-pk"),
        PAGE,
    ).get_page(request.GET.get("page"))
    return render(
        request,
        "annotations/imports/page.html",
        {"project": project, "form": form, "page": page},
        status=422 if form.errors else 200,
    )


@require_safe
def detail(request, slug, uuid):
    """One import: how far it is, what came of it, what was refused and why."""
    return render(request, "annotations/imports/detail.html", _context(request, slug, uuid))


@require_safe
def import_progress(request, slug, uuid):
    context = _context(request, slug, uuid)
    return render(request, "annotations/imports/_import_progress.html", context)


@require_POST
def cancel(request, slug, uuid):
    job = _context(request, slug, uuid)["job"]
    try:
        imports.cancel(job=job, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The import is being cancelled; nothing of it will be seen."))
    return redirect("annotations:import", slug, uuid)


def _context(request, slug, uuid) -> dict:
    project = project_for(request, slug, Role.ADMIN)
    jobs = ImportJob.objects.visible_to(request.user).filter(project=project)
    job = get_object_or_404(jobs.select_related("requested_by", "project"), uuid=uuid)
    return {
        "project": project,
        "job": job,
        "is_unfinished": job.state in {JobState.QUEUED, JobState.RUNNING},
        "is_compared": job.clusters_state == JobState.READY,
        "files": list(job.files.order_by("position")),
        "problems": list(job.problems.order_by("pk")[:PROBLEMS_SHOWN]),
    }
