from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import people
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.people import MemberForm, RolesForm
from annotations.models import Member
from annotations.views.lookup import project_for


def _page(request, project, form, status=200):
    members = Member.objects.visible_to(request.user).current().filter(project=project)
    rows = [
        (member, None if member.is_external else RolesForm(initial={"roles": member.roles}))
        for member in members.select_related("user").order_by("joined_at", "pk")
    ]
    return render(
        request,
        "annotations/people/page.html",
        {"project": project, "rows": rows, "form": form},
        status=status,
    )


@require_safe
def index(request, slug):
    """Who takes part in the project."""
    project = project_for(request, slug, Role.ADMIN)
    return _page(request, project, MemberForm(initial={"roles": [Role.CODER]}))


@require_POST
def add(request, slug):
    project = project_for(request, slug, Role.ADMIN)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            member = people.add_member(
                project=project, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            messages.success(request, _("%(name)s is in the project.") % {"name": member.name})
            return redirect("annotations:people", project.slug)
    return _page(request, project, form, status=422)


@require_POST
def set_roles(request, slug, uuid):
    member = _member(request, slug, uuid)
    form = RolesForm(request.POST)
    try:
        people.set_roles(
            member=member,
            roles=form.cleaned_data["roles"] if form.is_valid() else [],
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s has new roles.") % {"name": member.name})
    return redirect("annotations:people", slug)


@require_POST
def remove(request, slug, uuid):
    member = _member(request, slug, uuid)
    try:
        people.remove_member(member=member, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s has left the project.") % {"name": member.name})
    return redirect("annotations:people", slug)


def _member(request, slug, uuid) -> Member:
    project = project_for(request, slug, Role.ADMIN)
    members = Member.objects.visible_to(request.user).current().filter(project=project)
    return get_object_or_404(members.select_related("user", "project"), uuid=uuid)
