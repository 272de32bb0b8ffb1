from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import profile
from annotations.enums import Change, Role
from annotations.exceptions import Refused
from annotations.importing import codebook_file
from annotations.models import Assignment
from annotations.permissions import can_change, has_role, member_of
from annotations.queries import codebook, codebook_changes, codebook_entries
from annotations.views.codebook_changes import shown
from annotations.views.lookup import page_number, project_for


@require_safe
def page(request, slug, number=None):
    """The codebook to be read and printed: the latest version, or an earlier one."""
    project = project_for(request, slug)
    versions = project.codebooks.order_by("-number").select_related("published_by")
    version = get_object_or_404(versions, number=number) if number else codebook.current(project)
    labels = codebook.definitions(version)
    rules = version.rules
    if has_role(request.user, project, Role.ADMIN, Role.ADJUDICATOR):
        numbers = [rule["id"] for rule in rules]
        cited = codebook_entries.citations(project, request.user, numbers)
        rules = [{**rule, "cited": cited[rule["id"]]} for rule in rules]
    can_edit = version.number == versions[0].number and can_change(request.user, project)
    return render(
        request,
        "annotations/codebook/page.html",
        {
            "project": project,
            "version": version,
            "versions": versions,
            "rules": rules,
            "labels": [label for label in labels if not label.is_retired],
            "retired": [label for label in labels if label.is_retired],
            "can_edit": can_edit,
            "may_ask": has_role(request.user, project, Role.CODER, Role.ADJUDICATOR, Role.ADMIN),
            "has_meanings": any(
                one.change == Change.MEANING and one.number > 1 for one in versions
            ),
            "draft": can_edit and project.drafts.filter(closed_at=None).first(),
        },
    )


@require_safe
def changes(request, slug, number):
    """What a version says otherwise than the one before, or than the one that is asked for."""
    project = project_for(request, slug)
    versions = project.codebooks.order_by("-number").select_related("published_by")
    version = get_object_or_404(versions, number=number)
    given = request.GET.get("since")
    since = page_number(given) if given else number - 1
    before = next((other for other in versions if other.number == since), None)
    if before is None:
        raise Http404
    return render(
        request,
        "annotations/codebook/changes.html",
        {
            "project": project,
            "version": version,
            "before": before,
            "versions": versions,
            "changes": shown(codebook_changes.between(before, version)),
        },
    )


@require_POST
def seen(request, slug):
    """Say that one knows what changed, and go back to the work that was at hand."""
    project = project_for(request, slug, Role.CODER)
    number = page_number(request.POST.get("number"))
    try:
        profile.see_codebook(member=member_of(request.user, project), number=number)
    except Refused as refusal:
        messages.error(request, str(refusal))
    with suppress(ValueError):
        work = UUID(request.POST.get("work", ""))
        if Assignment.objects.of(request.user).filter(uuid=work).exists():
            return redirect("annotations:coding", work)
    return redirect("annotations:home")


@require_safe
def file(request, slug, number):
    """A version as a YAML file, which can be read back as a draft."""
    project = project_for(request, slug)
    version = get_object_or_404(project.codebooks, number=number)
    text = codebook_file.write(codebook.as_contract(version))
    name = f"codebook-{project.slug}-v{version.number}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)
