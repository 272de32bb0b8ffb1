from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotations.queries import memberships, own_work


@require_safe
def home(request):
    """What waits for the person who is signed in, whatever their roles."""
    user = request.user
    return render(
        request,
        "annotations/home/page.html",
        {
            "next_article": own_work.to_continue(user),
            "own_batches": own_work.own_batches(user),
            "week": own_work.last_week(user, timezone.now()),
            "memberships": memberships.of(user),
        },
    )
