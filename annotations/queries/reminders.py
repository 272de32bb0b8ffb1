"""What a coder is reminded of."""

from django.db.models import Exists, OuterRef

from annotations.models import Assignment, Reminder, User


def waiting_for(user: User) -> list[Reminder]:
    """Return the last reminder of each batch in which ``user`` still has something to do."""
    work = Assignment.objects.of(user).unfinished().filter(task__batch=OuterRef("batch"))
    own = Reminder.objects.filter(Exists(work), member__user=user)
    last = own.order_by("batch", "-sent_at", "-pk").distinct("batch").values("pk")
    rows = Reminder.objects.filter(pk__in=last).select_related("batch", "sent_by")
    return list(rows.order_by("-sent_at", "-pk"))
