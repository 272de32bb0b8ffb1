"""Accounts and memberships: who takes part in a project, and as what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from annotations.actions import sign_in
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.enums import AssignmentState, InvitationState, Role, TaskState
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import (
    Assignment,
    AuditEvent,
    Invitation,
    Member,
    Project,
    Task,
    User,
)
from annotations.permissions import can_reset_password


class CannotAdd(Invalid):
    """The account does not exist, or can't be made as asked; ``errors`` says why."""

    code = "cannot_add_member"


class LastAdmin(Refused):
    """A project without an admin could never be changed again."""

    code = "last_admin"


class NotRemoved(Refused):
    """The person is in the project, so that there is nothing to undo."""

    code = "not_removed"


class Erased(Refused):
    """The account is nobody's any more."""

    code = "erased"


class ExternalCoder(Refused):
    """An external coder is a name from an import: it has no roles and can't be removed."""

    code = "external_coder"


class CannotReset(Forbidden):
    """The account is not this admin's to open: it belongs to other projects too, or to nobody."""

    code = "cannot_reset_password"


@transaction.atomic
def create_account(
    *, username: str, password: str | None = None, is_superuser: bool = False
) -> User:
    """Make an account. Without a password nobody can sign in to it until one is set."""
    user = _checked_account(username, password)
    user.is_staff = user.is_superuser = is_superuser
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise _cannot_add("username", _("This username is taken.")) from error
    return user


@transaction.atomic
def set_password(*, user: User, password: str) -> None:
    """Let an account be opened with ``password`` alone; who is signed in to it no longer is."""
    _give_password(user, password)
    user.save(update_fields=["password"])


@transaction.atomic
def add_member(
    *,
    project: Project,
    username: str,
    roles: Iterable[str],
    by: User,
    at: datetime,
    create: bool = False,
    password: str | None = None,
) -> Member:
    """Give a person roles in the project; one who is a member already gets these instead.

    With ``create`` the account is made if there is none of that name. An
    existing account is left as it is, password included, and nothing in the
    outcome tells the two apart.
    """
    project = lock_for_change(project, by=by)
    if create:
        _checked_account(username, password)
    known = User.objects.filter(erased_at=None)
    user = known.filter(username=User.normalize_username(username)).first()
    if user is None and not create:
        raise _cannot_add("username", _("Nobody has this username."))
    if user is None:
        user = create_account(username=username, password=password)

    member = Member.objects.current().filter(project=project, user=user).first()
    if member is None:
        return admit(project=project, user=user, roles=roles, by=by, at=at)
    _change_roles(member, roles, by=by, at=at)
    return member


@transaction.atomic
def admit(
    *,
    project: Project,
    user: User,
    roles: Iterable[str],
    by: User,
    at: datetime,
    invitation: Invitation | None = None,
) -> Member:
    """Let somebody who is not in the project, whose row is locked, begin or come back.

    Who comes back finds the own work again, as far as nobody else has it by now.
    """
    wanted = in_order(roles)
    member = Member.objects.filter(project=project, user=user).first()
    if member is None:
        member = Member.objects.create(project=project, user=user, roles=wanted, joined_at=at)
    else:
        member.roles, member.joined_at, member.removed_at = wanted, at, None
        member.save(update_fields=["roles", "joined_at", "removed_at"])
        _give_back(member)
    detail: dict[str, Any] = {"invitation": str(invitation.uuid)} if invitation else {}
    record(AuditEvent.Kind.MEMBER_ADDED, target=member, by=by, at=at, roles=wanted, **detail)
    return member


@transaction.atomic
def set_roles(*, member: Member, roles: Iterable[str], by: User, at: datetime) -> Member:
    """Let a member have exactly these roles; the last admin stays one.

    Whoever is signed in under other roles than before has to sign in again.
    """
    lock_for_change(member.project, by=by)
    member = Member.objects.current().select_related("project", "user").get(pk=member.pk)
    if member.is_external:
        raise ExternalCoder(_("An external coder is a name from an import and has no roles."))
    _change_roles(member, roles, by=by, at=at)
    return member


@transaction.atomic
def remove_member(*, member: Member, by: User, at: datetime) -> None:
    """Close the project to a person. Work that was not handed in is taken away, but kept.

    The links that the person made let nobody in any more: whoever holds one
    could otherwise come back as somebody else.
    """
    lock_for_change(member.project, by=by)
    member = Member.objects.current().get(pk=member.pk)
    if member.is_external:
        raise ExternalCoder(_("An external coder is part of what was imported."))
    take_out(member, by=by, at=at)


def take_out(member: Member, *, by: User | None, at: datetime) -> None:
    """Remove somebody from a project whose row is locked, and end the person's sessions."""
    _keep_an_admin(member, roles=[])
    open_work = Assignment.objects.filter(coder=member).unfinished()
    # The tasks first, as everywhere: they count who is at work on them.
    list(Task.objects.filter(pk__in=open_work.values("task")).select_for_update().order_by("pk"))
    member.set_aside.set(open_work.select_for_update(of=("self",)))
    released = open_work.update(state=AssignmentState.RELEASED)
    member.removed_at = at
    member.save(update_fields=["removed_at"])
    _end_invitations(member, by=by, at=at)
    sign_in.end_all_sessions(user=member.user)
    record(AuditEvent.Kind.MEMBER_REMOVED, target=member, by=by, at=at, released=released)


@transaction.atomic
def restore_member(*, member: Member, by: User, at: datetime) -> tuple[int, int]:
    """Undo a removal: the same roles, and the work that nobody else has by now.

    Return how many articles came back, and how many did not.
    """
    lock_for_change(member.project, by=by)
    member = Member.objects.get(pk=member.pk)
    if member.removed_at is None:
        raise NotRemoved(_("This person is in the project."))
    if member.user is not None and member.user.erased_at is not None:
        raise Erased(_("This person was erased and can’t come back."))
    member.removed_at = None
    member.save(update_fields=["removed_at"])
    given, gone = _give_back(member)
    record(AuditEvent.Kind.MEMBER_RETURNED, target=member, by=by, at=at, given_back=given)
    return given, gone


@transaction.atomic
def reset_link(*, member: Member, by: User, at: datetime) -> str:
    """Return a link with which a member sets a new password, once. That it was made is recorded.

    The link itself is kept nowhere: show it to the admin, who hands it on.
    """
    lock_for_change(member.project, by=by)
    if member.user is None or not can_reset_password(by, member):
        raise CannotReset(_("Ask the operator: this account is not only this project’s."))
    record(AuditEvent.Kind.PASSWORD_LINK_MADE, target=member, by=by, at=at)
    return sign_in.reset_link(user=member.user)


def external_coder(*, project: Project, name: str, at: datetime) -> Member:
    """Return the member who stands for a coder named in an import; nobody can sign in as it."""
    member, _is_new = Member.objects.get_or_create(
        project=project,
        user=None,
        external_name=name,
        defaults={"roles": [Role.CODER], "joined_at": at},
    )
    return member


def in_order(roles: Iterable[str]) -> list[str]:
    """Return ``roles`` as they are kept, each once; at least one is needed."""
    given = set(roles)
    if not given:
        message = _("Choose at least one role.")
        raise CannotAdd(
            message, errors=[{"field": "roles", "code": "required", "detail": message}]
        )
    return [role.value for role in Role if role.value in given]


def _checked_account(username: str, password: str | None) -> User:
    """Return an unsaved account, or refuse a name or password that the rules forbid."""
    user = User(username=User.normalize_username(username))
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as error:
        raise _cannot_add("username", " ".join(error.messages)) from error
    if password is None:
        user.set_unusable_password()
        return user
    _give_password(user, password)
    return user


def _give_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _cannot_add("password", " ".join(error.messages)) from error
    user.set_password(password)


def _cannot_add(field: str, detail: str) -> CannotAdd:
    return CannotAdd(detail, errors=[{"field": field, "code": "invalid", "detail": detail}])


def _change_roles(member: Member, roles: Iterable[str], *, by: User, at: datetime) -> None:
    wanted = in_order(roles)
    if wanted == member.roles:
        return
    _keep_an_admin(member, wanted)
    if Role.ADMIN not in wanted:
        _end_invitations(member, by=by, at=at)
    member.roles = wanted
    member.save(update_fields=["roles"])
    sign_in.end_all_sessions(user=member.user)
    record(AuditEvent.Kind.MEMBER_CHANGED, target=member, by=by, at=at, roles=wanted)


def _keep_an_admin(member: Member, roles: Iterable[str]) -> None:
    """Refuse to leave the project, whose row is locked, without an admin."""
    if Role.ADMIN not in member.roles or Role.ADMIN in roles:
        return
    admins = Member.objects.current().people().filter(roles__contains=[Role.ADMIN])
    if not admins.filter(project_id=member.project_id).exclude(pk=member.pk).exists():
        raise LastAdmin(_("A project needs an admin: name another one first."))


def _end_invitations(member: Member, *, by: User | None, at: datetime) -> None:
    """Take back the links that ``member`` made."""
    made = Invitation.objects.filter(project_id=member.project_id, created_by=member.user_id)
    for invitation in made.with_state(at).filter(state=InvitationState.OPEN):
        invitation.revoked_at, invitation.email = at, ""
        invitation.save(update_fields=["revoked_at", "email"])
        record(AuditEvent.Kind.INVITATION_REVOKED, target=invitation, by=by, at=at)


def _give_back(member: Member) -> tuple[int, int]:
    """Assign again what was set aside when ``member`` left, where a place is still free."""
    aside = member.set_aside.filter(state=AssignmentState.RELEASED)
    free = Task.objects.filter(
        pk__in=aside.values("task"),
        state=TaskState.OPEN,
        batch__closed_at=None,
        coders_live__lt=F("coders_wanted"),
    ).select_for_update(of=("self",))
    given = aside.filter(task__in=list(free.order_by("pk"))).values_list("pk", flat=True)
    given_back = Assignment.objects.filter(pk__in=list(given)).update(
        state=AssignmentState.ASSIGNED
    )
    gone = member.set_aside.count() - given_back
    member.set_aside.clear()
    return given_back, gone
