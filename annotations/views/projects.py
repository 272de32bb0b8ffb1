from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import projects
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms import refusals
from annotations.forms.projects import ProjectForm, SettingsForm
from annotations.permissions import can_create_project, member_of
from annotations.queries import activity, memberships, own_work, pool
from annotations.queries.road import road
from annotations.queries.stuck import stuck
from annotations.views.lookup import project_for


@require_safe
def index(request):
    """The projects of which one is a member."""
    return render(
        request,
        "annotations/projects/list.html",
        {
            "memberships": memberships.of(request.user),
            "can_create": can_create_project(request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            project = projects.create(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            messages.success(request, _("The project is there, with the four default labels."))
            return redirect("annotations:project", project.slug)
    return render(request, "annotations/projects/new.html", {"form": form})


@require_safe
def project(request, slug):
    """The road from articles to gold, and the next step on it for the reader's roles."""
    project = project_for(request, slug)
    member = member_of(request.user, project)
    is_coder = Role.CODER in member.roles
    is_admin = Role.ADMIN in member.roles
    # Who runs the project or rules in it finds the own batches on the home page.
    codes_only = is_coder and not is_admin and Role.ADJUDICATOR not in member.roles
    next_article = own_work.to_continue(request.user, project) if is_coder else None
    offers = None
    if is_coder and next_article is None:
        offers = pool.offers(request.user, project)
    return render(
        request,
        "annotations/projects/page.html",
        {
            "project": project,
            "member": member,
            "road": road(project, request.user, member),
            "next_article": next_article,
            "pools": offers.projects if offers else [],
            "spent": offers.spent if offers else [],
            "closed": offers.closed if offers else [],
            "own_batches": own_work.own_batches(request.user, project) if codes_only else [],
            "stuck": stuck(project, request.user, timezone.now()) if is_admin else [],
            "activity": activity.latest(project, request.user) if is_admin else [],
            "today": timezone.localdate(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request, slug):
    project = project_for(request, slug, Role.ADMIN)
    form = SettingsForm(request.POST) if request.method == "POST" else SettingsForm.of(project)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        texts = {name: given.pop(name) for name in ("name", "description")}
        try:
            projects.update(
                project=project, by=request.user, at=timezone.now(), settings=given, **texts
            )
        except Refused as refusal:
            refusals.show(refusal, form)
        else:
            messages.success(request, _("The settings are saved."))
            return redirect("annotations:project", project.slug)
    return render(
        request, "annotations/projects/settings.html", {"project": project, "form": form}
    )


@require_POST
def archive(request, slug):
    project = project_for(request, slug, Role.ADMIN)
    projects.archive(project=project, by=request.user, at=timezone.now())
    messages.success(request, _("The project is archived: it can be read, but not changed."))
    return redirect("annotations:project", project.slug)


@require_POST
def restore(request, slug):
    project = project_for(request, slug, Role.ADMIN)
    projects.restore(project=project, by=request.user, at=timezone.now())
    messages.success(request, _("The project is back, as it was."))
    return redirect("annotations:project", project.slug)
