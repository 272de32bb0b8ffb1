from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions import batches
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.batches import IMPORT, BatchForm
from annotations.queries.batch_plan import plan
from annotations.views.lookup import project_for


@require_http_methods(["GET", "HEAD", "POST"])
def create(request, slug):
    """The planner; what it would make is previewed beside it."""
    project = project_for(request, slug, Role.ADMIN)
    form = BatchForm(request.POST or None, project=project, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        try:
            batch = batches.open_batch(
                project=project, wish=form.wish, by=request.user, at=timezone.now()
            )
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            messages.success(request, _("The work is with its coders."))
            return redirect("annotations:batch", batch.uuid)
    return render(
        request,
        "annotations/batches/new.html",
        {"project": project, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def batch_preview(request, slug):
    """Who would get what, with nothing written."""
    project = project_for(request, slug, Role.ADMIN)
    given = request.POST.copy()
    given["name"] = given.get("name") or "-"
    form = BatchForm(given, project=project)
    planned, why = None, ""
    if form.is_valid():
        try:
            planned = plan(project, form.wish)
        except Refused as refusal:
            why = str(refusal)
    elif given.getlist("coders"):
        why = " ".join(error for errors in form.errors.values() for error in errors)
    return render(
        request,
        "annotations/batches/_batch_preview.html",
        {"project": project, "plan": planned, "why": why},
    )


def _initial(request) -> dict:
    job = request.GET.get("import")
    return {"source": IMPORT, "import": job} if job else {}
