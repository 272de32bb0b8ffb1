"""Coders are reminded of the work that waits for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change, refuse_blind
from annotations.actions.jobs import wake_on_commit
from annotations.exceptions import Invalid, Refused
from annotations.models import AuditEvent, Batch, Member, Reminder, User
from annotations.queries import pace


class NobodyToRemind(Refused):
    """Nobody is behind, or nobody of those named has anything left to do."""

    code = "nobody_to_remind"


@transaction.atomic
def remind(
    *, batch: Batch, by: User, at: datetime, coders: Sequence[str] = (), text: str = ""
) -> list[Reminder]:
    """Remind ``coders``, or all who are behind, of what they have not handed in.

    It stands on their home until they have, and is mailed to those with an
    address where the instance sends mail.
    """
    lock_for_change(batch.project, by=by)
    refuse_blind(batch, by=by)
    at_work = [one for one in pace.of_batches([batch], at).get(batch.pk, []) if one.unfinished]
    if coders:
        _refuse_strangers(batch, coders)
        meant = [one.coder for one in at_work if one.name in coders]
    else:
        meant = [one.coder for one in at_work if pace.behind(one, batch, at)]
    members = Member.objects.current().people().filter(pk__in=meant).order_by("pk")
    reminders = Reminder.objects.bulk_create(
        Reminder(member=member, batch=batch, sent_by=by, sent_at=at, text=text)
        for member in members.select_related("user")
    )
    if not reminders:
        raise NobodyToRemind(_("There is nobody to remind."))
    record(
        AuditEvent.Kind.BATCH_REMINDED,
        target=batch,
        by=by,
        at=at,
        batch=batch,
        coders=[str(reminder.member.uuid) for reminder in reminders],
    )
    ring_for_mail(reminders)
    return reminders


def ring_for_mail(reminders: Iterable[Reminder]) -> None:
    """Have reminders mailed to those who have an address, where the instance sends mail."""
    if not settings.HAS_MAIL:
        return
    for reminder in reminders:
        if reminder.member.user.email:  # type: ignore[union-attr]
            wake_on_commit("reminders.mail", reminder_id=reminder.pk)


@transaction.atomic
def mail(*, reminder_id: int, at: datetime) -> None:
    """Send a reminder to its coder's address, once."""
    rows = Reminder.objects.select_for_update(of=("self",), skip_locked=True)
    related = rows.select_related("member__user", "batch__project")
    reminder = related.filter(pk=reminder_id, mailed_at=None).first()
    if reminder is None or reminder.member.user is None:
        return
    batch = reminder.batch
    lines = [
        _("Articles of the batch “%(batch)s” wait for you.") % {"batch": batch.name},
        reminder.text,
        settings.SITE_URL + reverse("annotations:project", args=[batch.project.slug]),
    ]
    send_mail(
        _("Reminder: %(batch)s") % {"batch": " ".join(batch.name.split())},
        "\n\n".join(filter(None, lines)),
        None,
        [reminder.member.user.email],
    )
    reminder.mailed_at = at
    reminder.save(update_fields=["mailed_at"])


def _refuse_strangers(batch: Batch, coders: Sequence[str]) -> None:
    known = Member.objects.current().people().filter(project=batch.project)
    names = known.filter(user__username__in=list(coders)).values_list("user__username", flat=True)
    if unknown := sorted(set(coders) - set(names)):
        detail = _("No coder of this project: %(names)s.") % {"names": ", ".join(unknown)}
        error = {"field": "coders", "code": "unknown_coder", "detail": detail}
        raise Invalid(detail, errors=[error])
