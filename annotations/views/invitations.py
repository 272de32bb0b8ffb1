from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions import invitations
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.invitations import AccountForm, InvitationForm
from annotations.models import Invitation
from annotations.queries.invitations import of, opened_by, own_project
from annotations.views.lookup import project_for


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request, slug):
    """The links by which people join; a new one is shown in the answer, and never again."""
    project = project_for(request, slug, Role.ADMIN)
    form = InvitationForm(request.POST) if request.method == "POST" else InvitationForm.empty()
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations.invite(
                project=project, by=request.user, at=timezone.now(), **form.wanted
            )
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            form = InvitationForm.empty()
    return render(
        request,
        "annotations/invitations/page.html",
        {
            "project": project,
            "form": form,
            "made": made,
            "invitations": of(project, request.user, timezone.now()),
        },
        status=422 if form.errors else 200,
    )


@require_POST
def revoke(request, slug, uuid):
    project = project_for(request, slug, Role.ADMIN)
    visible = Invitation.objects.visible_to(request.user).filter(project=project)
    invitation = get_object_or_404(visible.select_related("project"), uuid=uuid)
    try:
        invitations.revoke(invitation=invitation, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The link lets nobody in any more."))
    return redirect("annotations:invitations", slug)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, secret):
    """Where a link leads: join as who one is, or make an account. A link that is none is a 404."""
    own = own_project(secret, request.user)
    if own is not None:
        return redirect("annotations:project", own.slug)
    is_known = request.user.is_authenticated
    is_sent = request.method == "POST"
    form = None if is_known else AccountForm(request.POST if is_sent else None)
    refusal = None
    if is_sent and (is_known or form.is_valid()):
        try:
            if is_known:
                member = invitations.join(secret=secret, user=request.user, at=timezone.now())
            else:
                member = invitations.join_as_new(
                    secret=secret, at=timezone.now(), **form.cleaned_data
                )
        except invitations.Closed:
            pass  # which the next look finds too
        except Refused as error:
            refusal = error
            if form is not None:
                refusals.show(error, form)
        else:
            messages.success(
                request, _("Welcome to %(project)s.") % {"project": member.project.name}
            )
            goal = reverse("annotations:project", args=[member.project.slug])
            # With a new account, one has given its password a moment ago.
            return (
                redirect(goal)
                if is_known
                else perform_login(request, member.user, redirect_url=goal)
            )
    invitation = opened_by(secret, timezone.now())
    if invitation is None:
        return render(request, "annotations/invitations/closed.html", status=404)
    return render(
        request,
        "annotations/invitations/join.html",
        {"invitation": invitation, "form": form, "refusal": refusal},
        status=422 if refusal or (form and form.errors) else 200,
    )
