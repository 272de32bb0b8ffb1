"""The page on which an admin has a person forgotten."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.models import Member
from annotations.permissions import can_erase
from annotations.views.lookup import project_for
from exports.actions import erasure
from exports.forms import ErasureForm
from exports.models import Release


@require_http_methods(["GET", "HEAD", "POST"])
def erase_person(request, slug, uuid):
    """What is lost and what stays, and the name once more; then it is done for good."""
    project = project_for(request, slug, Role.ADMIN)
    members = Member.objects.visible_to(request.user).filter(project=project).people()
    member = get_object_or_404(members.select_related("user"), uuid=uuid)
    if not can_erase(request.user, member.user):
        raise PermissionDenied
    form = ErasureForm(request.POST or None, person=member.user)
    if request.method == "POST" and form.is_valid():
        try:
            erasure.erase_person(person=member.user, by=request.user, at=timezone.now())
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            messages.success(request, _("The person is erased."))
            return redirect("annotations:people", project.slug)
    named = Release.objects.naming(member.user).with_files()
    return render(
        request,
        "exports/erasure/page.html",
        {
            "project": project,
            "member": member,
            "form": form,
            "releases": named.visible_to(request.user).order_by("project", "number"),
        },
        status=422 if request.method == "POST" else 200,
    )
