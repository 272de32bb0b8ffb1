from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.actions import agreement as actions
from annotations.enums import Role
from annotations.forms.agreement import ScopeForm
from annotations.models import Batch
from annotations.permissions import can_know_of
from annotations.queries import agreement, agreement_charts
from annotations.views.lookup import project_for


@require_safe
def page(request, slug):
    """How far the coders agree, as a ladder from finding the same thing to coding it alike."""
    project = project_for(request, slug, Role.ADMIN, Role.ADJUDICATOR)
    batches = agreement.open_batches(project, request.user).order_by("created_at", "pk")
    form = ScopeForm(request.GET, batches=batches, project=project)
    form.is_valid()
    uuid, label = form.cleaned_data.get("batch"), form.cleaned_data.get("label", "")
    chosen = list(batches)
    if uuid:
        named = get_object_or_404(Batch.objects.published().filter(project=project), uuid=uuid)
        if not can_know_of(request.user, named):
            raise PermissionDenied
        chosen = [named]
    scope = agreement.Scope(project, chosen, label)
    answer = agreement.as_contract(scope, request.user)
    if answer["stale"] and chosen:
        actions.ring(scope)
    hidden = Batch.objects.published().filter(project=project).blind_to(request.user).count()
    template = "_agreement_report" if request.htmx else "page"
    return render(
        request,
        f"annotations/agreement/{template}.html",
        {
            "project": project,
            "form": form,
            "report": answer,
            "rungs": agreement_charts.ladder(answer, agreement.details(scope, request.user)),
            "heat": agreement_charts.heat_map(answer),
            "hidden": hidden,
            "has_batches": bool(chosen),
            "address": request.get_full_path(),
        },
    )
