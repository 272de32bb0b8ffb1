from datetime import timedelta

import pytest

from annotations.actions import tokens
from annotations.enums import Scope
from annotations.models import ApiToken, AuditEvent
from tests.factories import MONDAY, TUESDAY, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def create(**given):
    return tokens.create(**{"user": UserFactory(), "name": "laptop", "at": MONDAY} | given)


def test_a_token_opens_the_door_to_its_owner():
    person = UserFactory()

    token, key = create(user=person)

    assert key.startswith("wbt_")
    assert tokens.identify(key=key, at=TUESDAY) == token
    assert token.user == person


def test_the_key_is_kept_nowhere():
    _token, key = create()

    rows = [*ApiToken.objects.values(), *AuditEvent.objects.values()]
    assert len(rows) == 2
    assert not any(key.removeprefix("wbt_") in str(row) for row in rows)


def test_without_scopes_a_token_may_do_all_that_its_owner_may():
    token, _key = create()

    assert token.scopes == Scope.values


def test_a_token_keeps_the_scopes_and_the_project_it_was_made_for():
    project = ProjectFactory()

    token, _key = create(scopes=["releases", "coding"], project=project)

    assert (token.scopes, token.project) == (["coding", "releases"], project)


def test_an_expired_token_opens_nothing():
    _token, key = create(lasts=timedelta(days=1))

    assert tokens.identify(key=key, at=MONDAY + timedelta(hours=23)) is not None
    assert tokens.identify(key=key, at=TUESDAY) is None


def test_a_token_of_a_closed_account_opens_nothing():
    token, key = create()
    token.user.is_active = False
    token.user.save()

    assert tokens.identify(key=key, at=TUESDAY) is None


def test_a_revoked_token_opens_nothing_and_its_end_is_recorded():
    token, key = create()

    tokens.revoke(token=token, by=token.user, at=TUESDAY)

    assert tokens.identify(key=key, at=TUESDAY) is None
    kinds = AuditEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["token.created", "token.revoked"]


@pytest.mark.parametrize("key", ["", "wbt_", "wbt_nonsense", "password"])
def test_a_key_that_was_never_made_opens_nothing(key):
    create()

    assert tokens.identify(key=key, at=TUESDAY) is None


def test_use_is_noted_once_a_minute():
    token, key = create()
    seconds = [0, 30, 61]

    noted = []
    for second in seconds:
        tokens.identify(key=key, at=TUESDAY + timedelta(seconds=second))
        token.refresh_from_db()
        noted.append((token.last_used_at - TUESDAY).seconds)

    assert noted == [0, 0, 61]
