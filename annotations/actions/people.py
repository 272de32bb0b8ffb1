"""Accounts and memberships: who takes part in a project, and as what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.enums import AssignmentState, Role
from annotations.exceptions import Invalid, Refused
from annotations.models import Assignment, AuditEvent, Member, Project, User


class CannotAdd(Invalid):
    """The account does not exist, or can't be made as asked; ``errors`` says why."""

    code = "cannot_add_member"


class LastAdmin(Refused):
    """A project without an admin could never be changed again."""

    code = "last_admin"


class ExternalCoder(Refused):
    """An external coder is a name from an import: it has no roles and can't be removed."""

    code = "external_coder"


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


def set_preferences(*, user: User, preferences: dict[str, Any]) -> None:
    """Keep how a person works on the annotation page."""
    user.coding_preferences = preferences
    user.save(update_fields=["coding_preferences"])


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
    user = User.objects.filter(username=User.normalize_username(username)).first()
    if user is None and not create:
        raise _cannot_add("username", _("Nobody has this username."))
    if user is None:
        user = create_account(username=username, password=password)

    member = Member.objects.filter(project=project, user=user).first()
    if member is None:
        member = Member.objects.create(
            project=project, user=user, roles=_in_order(roles), joined_at=at
        )
        record(AuditEvent.Kind.MEMBER_ADDED, target=member, by=by, at=at, roles=member.roles)
    elif member.removed_at is not None:
        member.roles, member.joined_at, member.removed_at = _in_order(roles), at, None
        member.save(update_fields=["roles", "joined_at", "removed_at"])
        record(AuditEvent.Kind.MEMBER_ADDED, target=member, by=by, at=at, roles=member.roles)
    else:
        _change_roles(member, roles, by=by, at=at)
    return member


@transaction.atomic
def set_roles(*, member: Member, roles: Iterable[str], by: User, at: datetime) -> Member:
    """Let a member have exactly these roles; the last admin stays one."""
    lock_for_change(member.project, by=by)
    member = Member.objects.current().select_related("project", "user").get(pk=member.pk)
    if member.is_external:
        raise ExternalCoder(_("An external coder is a name from an import and has no roles."))
    _change_roles(member, roles, by=by, at=at)
    return member


@transaction.atomic
def remove_member(*, member: Member, by: User, at: datetime) -> None:
    """Close the project to a person. Work that was not handed in is taken away, but kept."""
    lock_for_change(member.project, by=by)
    member = Member.objects.current().get(pk=member.pk)
    if member.is_external:
        raise ExternalCoder(_("An external coder is part of what was imported."))
    _keep_an_admin(member, roles=[])
    Assignment.objects.filter(coder=member).unfinished().update(state=AssignmentState.RELEASED)
    member.removed_at = at
    member.save(update_fields=["removed_at"])
    record(AuditEvent.Kind.MEMBER_REMOVED, target=member, by=by, at=at)


def external_coder(*, project: Project, name: str, at: datetime) -> Member:
    """Return the member who stands for a coder named in an import; nobody can sign in as it."""
    member, _is_new = Member.objects.get_or_create(
        project=project,
        user=None,
        external_name=name,
        defaults={"roles": [Role.CODER], "joined_at": at},
    )
    return member


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


def _in_order(roles: Iterable[str]) -> list[str]:
    given = set(roles)
    if not given:
        message = _("Choose at least one role.")
        raise CannotAdd(
            message, errors=[{"field": "roles", "code": "required", "detail": message}]
        )
    return [role.value for role in Role if role.value in given]


def _change_roles(member: Member, roles: Iterable[str], *, by: User, at: datetime) -> None:
    wanted = _in_order(roles)
    if wanted == member.roles:
        return
    _keep_an_admin(member, wanted)
    member.roles = wanted
    member.save(update_fields=["roles"])
    record(AuditEvent.Kind.MEMBER_CHANGED, target=member, by=by, at=at, roles=wanted)


def _keep_an_admin(member: Member, roles: Iterable[str]) -> None:
    """Refuse to leave the project, whose row is locked, without an admin."""
    if Role.ADMIN not in member.roles or Role.ADMIN in roles:
        return
    admins = Member.objects.current().people().filter(roles__contains=[Role.ADMIN])
    if not admins.filter(project_id=member.project_id).exclude(pk=member.pk).exists():
        raise LastAdmin(_("A project needs an admin: name another one first."))
