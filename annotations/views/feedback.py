"""What came of a coder's own work."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import feedback as actions
from annotations.enums import Role
from annotations.forms.feedback import PlaceForm, ReadForm
from annotations.permissions import member_of
from annotations.queries import feedback
from annotations.views.lookup import project_for


@require_safe
def page(request, slug):
    """Where gold differs from one's own work, newest first, and how one's agreement goes."""
    project = project_for(request, slug, Role.CODER)
    member = member_of(request.user, project)
    form = PlaceForm(request.GET)
    form.full_clean()
    last, article = form.cleaned_data.get("before"), form.cleaned_data.get("article")
    work = feedback.in_order(feedback.ruled_otherwise(request.user, project), last)
    if article:
        work = work.filter(uuid=article)
    related = work.select_related("task__article", "task__batch", "coder")
    shown = list(related[: feedback.PAGE + 1])
    told = feedback.told(project, shown[: feedback.PAGE])
    weeks = feedback.weeks(member, request.user)
    return render(
        request,
        "annotations/feedback/page.html",
        {
            "project": project,
            "member": member,
            "told": told,
            "is_off": not feedback.is_given_in(project),
            "is_part": bool(last or article),
            "older": shown[feedback.PAGE - 1].uuid if len(shown) > feedback.PAGE else None,
            "newest": told[0].assignment.task.adjudicated_at if told else None,
            "has_new": not (last or article) and any(one.is_new for one in told),
            "weeks": weeks,
            "drawn": [{"coder": member.name, "windows": [_as_window(week) for week in weeks]}],
        },
    )


@require_POST
def read(request, slug):
    """Take everything that the page showed as read."""
    project = project_for(request, slug, Role.CODER)
    form = ReadForm(request.POST)
    if form.is_valid():
        actions.mark_read(
            member=member_of(request.user, project),
            until=form.cleaned_data["until"],
            at=timezone.now(),
        )
        messages.success(request, _("All of this is marked as read."))
    return redirect("annotations:feedback", project.slug)


def _as_window(week: dict) -> dict:
    """A week as the drawing of agreement over time takes it, which has α as well."""
    gold = {"articles": week["articles"], "strict_f1": week["strict_f1"]}
    return {"from": week["from"], "to": week["to"], "alpha": {"value": None}, "gold": gold}
