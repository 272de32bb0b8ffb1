"""What people settle for themselves."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from annotations.actions.guards import refuse_archived
from annotations.models import Member, User
from annotations.queries import codebook


@transaction.atomic
def set_preferences(*, user: User, preferences: dict[str, Any]) -> None:
    """Keep how a person works and how pages look; what is not named stays as it is."""
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held.coding_preferences |= preferences
    held.save(update_fields=["coding_preferences"])


def set_mail(*, user: User, mail: str) -> None:
    """Keep the address to which a link for a forgotten password may go; empty for none."""
    user.email = mail
    user.save(update_fields=["email"])


def see_codebook(*, member: Member, number: int) -> None:
    """Remember that a member knows what was changed up to version ``number``."""
    refuse_archived(member.project)
    known = min(number, codebook.current(member.project).number)
    rows = Member.objects.filter(pk=member.pk)
    rows.update(codebook_seen=Greatest(F("codebook_seen"), known))
