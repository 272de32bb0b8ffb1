"""The demo's people: their accounts, passwords and tokens."""

from datetime import datetime

from django.utils.translation import gettext as _

from annotations.actions import people, tokens
from annotations.exceptions import Refused
from annotations.models import User
from exports.demo.keys import Keys

OPERATOR = "operator"

#: A token of this name marks an account as the demo's own.
MARK = "Demo"


class NamesAreTaken(Refused):
    """Somebody else's accounts have the names of the demo's people."""

    code = "names_are_taken"


def open_all(names: list[str], *, keys: Keys) -> dict[str, User]:
    """Make the accounts, with passwords that are in ``keys`` afterwards.

    Raises ``NamesAreTaken`` rather than touch an account that is there.
    """
    taken = User.objects.filter(username__in=names).order_by("username")
    if others := list(taken.values_list("username", flat=True)):
        raise _names_are_taken(others)
    return {
        name: people.create_account(
            username=name, password=keys.password(name), is_superuser=name == OPERATOR
        )
        for name in names
    }


def mend_keys(users: dict[str, User], *, keys: Keys, at: datetime) -> None:
    """Make ``keys`` open the accounts: with new passwords or tokens where they don't.

    Raises ``NamesAreTaken`` for an account that the demo did not make.
    """
    for name, user in users.items():
        if not user.check_password(keys.password(name)):
            if not user.api_tokens.filter(name=MARK).exists():
                raise _names_are_taken([name])
            people.set_password(user=user, password=keys.password(name))
        token = tokens.identify(key=keys.token(name), at=at)
        if token is None or token.user_id != user.pk:
            _token, keys.users[name]["token"] = tokens.create(user=user, name=MARK, at=at)


def _names_are_taken(names: list[str]) -> NamesAreTaken:
    message = _("The demo needs accounts that belong to somebody else: %(names)s.")
    return NamesAreTaken(message % {"names": ", ".join(names)})
