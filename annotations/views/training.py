"""A coder's training, and what it opens."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import training as actions
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms.training import AdmissionForm
from annotations.models import Assignment, Member
from annotations.queries import qualification, training
from annotations.views.lookup import project_for


@require_safe
def page(request, uuid):
    """What came of one's own training article; before it is handed in, the article itself."""
    assignment = _own(request, uuid)
    result = training.result(assignment)
    if result is None:
        return redirect("annotations:coding", assignment.uuid)
    batch = assignment.task.batch
    return render(
        request,
        "annotations/training/page.html",
        {
            "project": batch.project,
            "batch": batch,
            "article": assignment.task.article,
            "assignment": assignment,
            "result": result,
            "standings": qualification.standings(assignment.coder),
        },
    )


@require_POST
def again(request, uuid):
    """Go back to the article, with the spans as they were handed in."""
    assignment = _own(request, uuid)
    try:
        actions.try_again(assignment=assignment, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("annotations:training", uuid)
    return redirect("annotations:coding", assignment.uuid)


@require_POST
def admit(request, slug, uuid):
    """Let a coder into every batch of the project."""
    member = _member(request, slug, uuid)
    form = AdmissionForm(request.POST)
    form.full_clean()
    note = form.cleaned_data.get("note", "")
    try:
        actions.admit(member=member, note=note, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("%(name)s is admitted to every batch.") % {"name": member.name}
        )
    return redirect("annotations:member", slug, uuid)


@require_POST
def end_admission(request, slug, uuid):
    """Let training decide again."""
    member = _member(request, slug, uuid)
    try:
        actions.end_admission(member=member, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Training decides again what is open to this coder."))
    return redirect("annotations:member", slug, uuid)


def _own(request: HttpRequest, uuid: UUID) -> Assignment:
    """Find one's own work by its task: no other coder's address leads there."""
    own = Assignment.objects.of(request.user).filter(task__batch__is_training=True)
    related = own.select_related(
        "task__article", "task__batch__project", "task__known_gold", "coder"
    )
    return get_object_or_404(related, task__uuid=uuid)


def _member(request: HttpRequest, slug: str, uuid: UUID) -> Member:
    project = project_for(request, slug, Role.ADMIN)
    members = Member.objects.visible_to(request.user).filter(project=project).current()
    return get_object_or_404(members.select_related("user", "project"), uuid=uuid)
