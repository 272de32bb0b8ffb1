from math import ceil

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import import_reading, imports
from annotations.enums import JobState, Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.imports import ColumnsForm, ImportForm
from annotations.importing import columns as meanings
from annotations.importing import formats, tables
from annotations.importing.problems import Problem
from annotations.models import ImportJob
from annotations.queries.imports import outcome
from annotations.views.lookup import project_for

PAGE = 20
PROBLEMS_SHOWN = 200
ROWS_SHOWN = 3


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


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request, slug, uuid):
    """What the columns of the tables mean, with their first rows; then all is checked anew."""
    context = _context(request, slug, uuid)
    job = context["job"]
    units = import_reading.tables_of(job)
    if not units:
        raise Http404
    try:
        header, rows = tables.head(units[0], ROWS_SHOWN)
    except Problem as problem:
        messages.error(request, f"{units[0].source.name}: {problem.detail}")
        return redirect("annotations:import", slug, uuid)
    form = ColumnsForm(
        request.POST or None,
        header=header,
        chosen=job.options.get("columns") or meanings.guess(header),
    )
    if request.method == "POST" and form.is_valid():
        try:
            again = imports.repeat(
                job=job, by=request.user, at=timezone.now(), dry_run=True, columns=form.columns
            )
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            return redirect("annotations:import", slug, again.uuid)
    cells = [
        (field, [row[place] if place < len(row) else "" for row in rows])
        for place, field in enumerate(form)
    ]
    return render(
        request,
        "annotations/imports/columns.html",
        {**context, "form": form, "cells": cells, "tables": len(units)},
        status=422 if form.errors else 200,
    )


@require_POST
def run(request, slug, uuid):
    """Import for real what was only checked."""
    return _again(request, slug, uuid, dry_run=False)


@require_POST
def declare(request, slug, uuid):
    """Read the files again, and declare what the codebook lacks for them."""
    return _again(request, slug, uuid, create_labels=True)


def _again(request, slug, uuid, **options):
    job = _context(request, slug, uuid)["job"]
    try:
        again = imports.repeat(job=job, by=request.user, at=timezone.now(), **options)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("annotations:import", slug, uuid)
    return redirect("annotations:import", slug, again.uuid)


@require_safe
def refused(request, slug, uuid):
    """The refused rows as a file that can be mended and sent again."""
    job = _context(request, slug, uuid)["job"]
    file = import_reading.open_refusals(job) if job.state == JobState.READY else None
    if file is None:
        raise Http404
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"refused-{job.created_at:%Y-%m-%d}.jsonl",
        content_type="application/x-ndjson",
    )


def _context(request, slug, uuid) -> dict:
    project = project_for(request, slug, Role.ADMIN)
    jobs = ImportJob.objects.visible_to(request.user).filter(project=project)
    job = get_object_or_404(jobs.select_related("requested_by", "project"), uuid=uuid)
    files = list(job.files.order_by("position"))
    left = job.time_left(timezone.now())
    return {
        "project": project,
        "minutes_left": None if left is None else ceil(left.total_seconds() / 60),
        "job": job,
        "is_unfinished": job.state in {JobState.QUEUED, JobState.RUNNING},
        "is_compared": job.clusters_state == JobState.READY,
        "files": files,
        "has_tables": any(file.format in formats.TABLES for file in files),
        "is_dry": job.options.get("dry_run", False),
        "outcome": outcome(job),
        "problems": list(job.problems.order_by("pk")[:PROBLEMS_SHOWN]),
    }
