from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import people
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.people import ROLES, MemberForm, RolesForm
from annotations.forms.training import AdmissionForm
from annotations.models import Batch, Member
from annotations.permissions import can_administer, can_erase
from annotations.queries import checks, coder, qualification
from annotations.queries.people import people as people_of
from annotations.views.lookup import project_for


def _page(request, project, form, status=200):
    return render(
        request,
        "annotations/people/page.html",
        {
            "project": project,
            "people": people_of(project, request.user),
            "roles": ROLES,
            "form": form,
        },
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


@require_safe
def member(request, slug, uuid):
    """One coder's pace, time, flags and work: for admins, and for the coder."""
    project = project_for(request, slug)
    members = Member.objects.visible_to(request.user).filter(project=project)
    member = get_object_or_404(members.select_related("user"), uuid=uuid)
    is_admin = can_administer(request.user, project)
    work = coder.work_of(member, request.user)
    now = timezone.now()
    is_own = member.user_id == request.user.pk
    hidden = Batch.objects.none() if is_own else Batch.objects.filter(project=project)
    figures = coder.figures(work, now)
    is_coder = Role.CODER in member.roles and not member.is_external
    return render(
        request,
        "annotations/people/member.html",
        {
            "project": project,
            "member": member,
            "is_admin": is_admin,
            "is_own": is_own,
            "can_erase": member.user is not None and can_erase(request.user, member.user),
            "roles": ROLES,
            "figures": figures,
            "open_work": [(piece, piece.left) for piece in figures.batches if piece.left],
            "flagged": coder.flagged(work),
            "recent": coder.recent(work),
            "reminders": coder.reminders(member, work),
            "hidden": hidden.blind_to(request.user).count(),
            "today": timezone.localdate(now),
            "admission": _admission(member) if is_coder and is_admin else None,
            "checked": checks.of_coder(member, request.user) if is_coder and is_admin else None,
        },
    )


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
        messages.success(request, _("%(name)s is deactivated.") % {"name": member.name})
    return redirect("annotations:people", slug)


@require_POST
def restore(request, slug, uuid):
    member = _member(request, slug, uuid, is_here=False)
    try:
        given, gone = people.restore_member(member=member, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _back(member.name, given, gone))
    return redirect("annotations:people", slug)


@never_cache
@require_POST
def password_link(request, slug, uuid):
    """A one-time link for a forgotten password. It stands in this answer alone."""
    member = _member(request, slug, uuid)
    try:
        link = people.reset_link(member=member, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("annotations:member", slug, uuid)
    return render(
        request,
        "annotations/people/password_link.html",
        {"project": member.project, "member": member, "link": link},
    )


def _admission(member: Member) -> dict:
    """What the coder's training opens, and how the coder was let in by hand."""
    return {
        "standings": qualification.standings(member),
        "by_hand": qualification.admission_of(member),
        "form": AdmissionForm(),
    }


def _back(name: str, given: int, gone: int) -> str:
    said = _("%(name)s is back.") % {"name": name}
    if given:
        text = ngettext("%(n)s article came back too.", "%(n)s articles came back too.", given)
        said = f"{said} {text % {'n': given}}"
    if gone:
        text = ngettext(
            "%(n)s is somebody else’s by now.", "%(n)s are somebody else’s by now.", gone
        )
        said = f"{said} {text % {'n': gone}}"
    return said


def _member(request, slug, uuid, *, is_here=True) -> Member:
    project = project_for(request, slug, Role.ADMIN)
    members = Member.objects.visible_to(request.user).filter(project=project)
    if is_here:
        members = members.current()
    return get_object_or_404(members.select_related("user", "project"), uuid=uuid)
