from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import coding
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.models import Assignment
from annotations.permissions import member_of
from annotations.queries import (
    feedback,
    flags,
    late_work,
    memberships,
    memos,
    own_work,
    pool,
    reminders,
)
from annotations.queries.road import road
from annotations.views.lookup import project_for

#: Late steps leave the coder's home after a while; they stay with the work itself.
LATE_WORK_SHOWN = timedelta(days=14)

#: So do answers to flags; they stay beside the article.
ANSWERS_SHOWN = timedelta(days=7)

#: Who is told the next step of a project that is their only one.
GUIDED = {Role.ADMIN, Role.RESEARCHER}


@require_safe
def home(request):
    """What waits for the person who is signed in, whatever their roles."""
    user = request.user
    now = timezone.now()
    offers = pool.offers(user)
    next_article = own_work.to_continue(user)
    own_batches = own_work.own_batches(user)
    own_memberships = list(memberships.of(user))
    under_way = [one for one in own_memberships if not one.project.archived_at]
    # Whoever has several projects chooses first which to go on with; what there is to code and
    # to rule on stands here anyway.
    sole = under_way[0] if len(under_way) == 1 and GUIDED & {*under_way[0].roles} else None
    return render(
        request,
        "annotations/home/page.html",
        {
            "next_article": next_article,
            "pools": offers.projects,
            "spent": offers.spent,
            "closed": offers.closed,
            "own_batches": own_batches,
            "returned": own_work.returned(own_batches, besides=next_article),
            "today": timezone.localdate(now),
            "week": own_work.last_week(user, now),
            "late": late_work.of(Assignment.objects.of(user), since=now - LATE_WORK_SHOWN),
            "reminders": reminders.waiting_for(user),
            "answers": flags.answers_for(user, since=now - ANSWERS_SHOWN),
            "ruled_otherwise": feedback.news(user),
            "memos": memos.answers_for(user, since=now - ANSWERS_SHOWN),
            "memberships": own_memberships,
            "is_coder": any(Role.CODER in one.roles for one in under_way),
            "sole": sole,
            "road": sole and road(sole.project, user, sole),
        },
    )


@require_POST
def next_article(request, slug):
    """Go on with what waits, or draw from a pool; the overview says if there is nothing."""
    project = project_for(request, slug, Role.CODER)
    member = member_of(request.user, project)
    try:
        assignment = coding.next_assignment(member=member, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("annotations:project", project.slug)
    if assignment is None:
        messages.info(request, _("There is nothing left to draw today."))
        return redirect("annotations:project", project.slug)
    return redirect("annotations:coding", assignment.uuid)
