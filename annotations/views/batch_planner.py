from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions import batches
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.articles import SearchForm
from annotations.forms.batches import BatchForm
from annotations.queries import workload
from annotations.queries.batch_plan import plan
from annotations.views.lookup import project_for

#: So many stories that leave articles unplaced are named, of the rest only the number is said.
STORIES_NAMED = 5

#: Beyond so many coders the table of pairs is folded away.
CODERS_AT_A_GLANCE = 8


@require_http_methods(["GET", "HEAD", "POST"])
def create(request, slug):
    """The planner; what it would make is previewed beside it."""
    project = project_for(request, slug, Role.ADMIN)
    initial = BatchForm.initial_for(SearchForm(request.GET))
    form = BatchForm(request.POST or None, project=project, initial=initial)
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
        {"project": project, "form": form, "is_first": True},
        status=422 if form.errors else 200,
    )


@require_POST
def batch_preview(request, slug):
    """Who would get what, and how long it takes, with nothing written."""
    project = project_for(request, slug, Role.ADMIN)
    given = request.POST.copy()
    given["name"] = given.get("name") or "-"
    form = BatchForm(given, project=project)
    context = {"project": project}
    if form.is_valid():
        try:
            context |= _preview(request, project, form)
        except Refused as refusal:
            context["why"] = str(refusal)
    elif given.getlist("coders"):
        context["why"] = " ".join(error for errors in form.errors.values() for error in errors)
    return render(request, "annotations/batches/_batch_preview.html", context)


def _preview(request, project, form) -> dict:
    wish = form.wish
    planned = plan(project, wish)
    load = workload.of(project, planned, by=request.user)
    done_on = load.done_on(form.hours, timezone.now())
    return {
        "plan": planned,
        "load": load,
        "hours_a_day": form.hours,
        "done_on": done_on,
        "is_late": bool(wish.due and done_on and done_on > wish.due),
        "pairs": _pairs(planned),
        "is_at_a_glance": len(planned.members) <= CODERS_AT_A_GLANCE,
        "crowded": planned.crowded[:STORIES_NAMED],
        "crowded_more": len(planned.crowded) - STORIES_NAMED,
    }


def _pairs(planned) -> list[tuple[str, list[tuple[int | None, int | str]]]]:
    """Return a row for each coder: how often with each of the others, and how dark that is.

    Counts as even as they are meant to be are all alike; only real differences show.
    """
    shared = planned.allocation.pairs
    if planned.is_pool or not any(shared.values()):
        return []
    most, least = max(shared.values()), min(shared.values())
    rows = []
    for one in planned.allocation.loads:
        counts = [
            shared.get((one, other), shared.get((other, one)))
            for other in planned.allocation.loads
        ]
        rows.append((one, [(count, _shade(count, least, most)) for count in counts]))
    return rows


def _shade(count: int | None, least: int, most: int) -> int | str:
    if count is None:
        return "na"
    return 2 if most - least <= 2 else 1 + round(4 * (count - least) / (most - least))
