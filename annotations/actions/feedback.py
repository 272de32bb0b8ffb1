"""A coder has read where gold differs from the own work."""

from datetime import datetime

from annotations.models import Member


def mark_read(*, member: Member, until: datetime, at: datetime) -> None:
    """Take as read what was adjudicated ``until`` then; nothing becomes unread by it."""
    until = min(until, at)
    seen = Member.objects.filter(pk=member.pk)
    seen.exclude(feedback_seen_at__gte=until).update(feedback_seen_at=until)
