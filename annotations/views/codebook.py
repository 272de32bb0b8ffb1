from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from annotations.actions import codebook as actions
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms.codebook import (
    LabelFormSet,
    PublishForm,
    RuleFormSet,
    rearranged,
    rules_of,
)
from annotations.permissions import can_change
from annotations.queries import codebook
from annotations.views.lookup import project_for


@require_safe
def page(request, slug, number=None):
    """The codebook to be read and printed: the latest version, or an earlier one."""
    project = project_for(request, slug)
    versions = project.codebooks.order_by("-number").select_related("published_by")
    version = get_object_or_404(versions, number=number) if number else codebook.current(project)
    labels = codebook.definitions(version)
    return render(
        request,
        "annotations/codebook/page.html",
        {
            "project": project,
            "version": version,
            "versions": versions,
            "labels": [label for label in labels if not label.is_retired],
            "retired": [label for label in labels if label.is_retired],
            "can_edit": version.number == versions[0].number and can_change(request.user, project),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, slug):
    """The next version as a form; “Add” and “Move” only change the form, and publish nothing."""
    project = project_for(request, slug, Role.ADMIN)
    data = rearranged(request.POST) if request.method == "POST" else None
    version = _edited(project, data)
    head = PublishForm(data, initial={"version": version.number, "change": "minor"})
    labels = LabelFormSet(data, prefix="labels", version=version)
    rules = RuleFormSet(data, prefix="rules", initial=version.rules)
    forms = (head, labels, rules)
    is_sent = data is not None and not {"add", "move"} & set(request.POST)
    is_wrong = is_sent and not all(form.is_valid() for form in forms)
    faults = []
    if is_sent and not is_wrong:
        try:
            published = actions.publish(
                project=project,
                labels=labels.labels,
                rules=rules_of(rules),
                change=head.cleaned_data["change"],
                note=head.cleaned_data["note"],
                base=head.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            is_wrong = True
            faults = labels.show(refusal)
        else:
            said = _("Version %(number)s is published.") % {"number": published.number}
            messages.success(request, said)
            return redirect("annotations:codebook", slug)
    return render(
        request,
        "annotations/codebook/edit.html",
        {
            "project": project,
            "version": version,
            "head": head,
            "labels": labels,
            "rules": rules,
            "faults": faults,
            "is_wrong": is_wrong,
            "added": request.POST.get("add", ""),
            "moved": request.POST.get("move", ""),
        },
        status=422 if is_wrong else 200,
    )


def _edited(project, data):
    """Return the version that the form was made from, so that its parts meet their labels."""
    number = str(data.get("version", "")) if data else ""
    if number.isdecimal():
        found = project.codebooks.filter(number=int(number[:9])).first()
        if found is not None:
            return found
    return codebook.current(project)
