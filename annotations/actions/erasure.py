"""Forget who somebody was. What the person has done stays, as nobody's in particular."""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from annotations.actions import people
from annotations.actions.audit import record
from annotations.enums import InvitationState
from annotations.exceptions import Forbidden
from annotations.models import (
    ApiToken,
    AuditEvent,
    Invitation,
    InvitationUse,
    Project,
    Reminder,
    StoredReply,
    User,
)
from annotations.models.people import ERASED
from annotations.permissions import can_erase


class CannotErase(Forbidden):
    """The account is not this admin's to end: it belongs to other projects too, or to oneself."""

    code = "cannot_erase"


@transaction.atomic
def forget(*, person: User, by: User | None, at: datetime) -> User:
    """Empty a person's row and remove every way in; codings, rulings and events stay.

    Works in archived projects too. ``by`` is nobody on the command line. Files
    that name the person are not touched: ``exports.actions.erasure`` does both.
    """
    if by is not None and not can_erase(by, person):
        raise CannotErase(_("Ask the operator: this account is not only this project’s."))
    members = person.memberships.order_by("project", "pk")
    # All projects before anybody is taken out of one, in the order in which everybody takes them.
    list(
        Project.objects.select_for_update(no_key=True)
        .filter(pk__in=members.values("project"))
        .order_by("pk")
    )
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    for member in members.current():
        people.take_out(member, by=by, at=at)
    _close_what_names(person, by=by, at=at)
    _take_ways_in(person)
    record(AuditEvent.Kind.PERSON_ERASED, target=person, by=by, at=at)
    for member in members:
        record(AuditEvent.Kind.PERSON_ERASED, target=member, by=by, at=at)
    _empty(person, at)
    return person


def _close_what_names(person: User, *, by: User | None, at: datetime) -> None:
    """Clear what others wrote to or about the person where it is no part of anybody's work."""
    sent = Q(email__iexact=person.email) if person.email else Q(pk=None)
    used = InvitationUse.objects.filter(member__user=person)
    named = Invitation.objects.filter(sent | Q(pk__in=used.values("invitation")))
    for invitation in named.with_state(at):
        invitation.email = invitation.note = ""
        if invitation.state == InvitationState.OPEN and invitation.uses_allowed == 1:
            invitation.revoked_at = at
            record(AuditEvent.Kind.INVITATION_REVOKED, target=invitation, by=by, at=at)
        invitation.save(update_fields=["email", "note", "revoked_at"])
    Reminder.objects.filter(member__user=person).update(text="")
    replies = StoredReply.objects.alias(text=Cast("answer", TextField()))
    quoted = json.dumps(person.username, ensure_ascii=False)
    replies.filter(Q(user=person) | Q(text__contains=quoted)).delete()


def _take_ways_in(person: User) -> None:
    Session.objects.filter(session_key__in=list(_sessions_of(person))).delete()
    UserSession.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    ApiToken.objects.filter(user=person).delete()
    person.groups.clear()
    person.user_permissions.clear()


def _sessions_of(person: User) -> Iterator[str]:
    """Yield the keys of all sessions of a person, also of those that are in no list."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for session in Session.objects.iterator():
        if store.decode(session.session_data).get(SESSION_KEY) == str(person.pk):
            yield session.session_key


def _empty(person: User, at: datetime) -> None:
    person.username = f"{ERASED}{person.uuid.hex[:12]}"
    person.first_name = person.last_name = person.email = ""
    person.last_login = None
    person.set_unusable_password()
    person.is_active = person.is_staff = person.is_superuser = False
    person.coding_preferences = {}
    person.session_epoch += 1
    person.erased_at = at
    person.save()
