import pytest

from annotations.actions import tokens
from exports.demo import accounts
from exports.demo.keys import Keys
from tests.factories import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(tmp_path):
    return Keys.read(tmp_path / "demo.json")


def opened(keys):
    users = accounts.open_all(["vera", "operator"], keys=keys)
    accounts.mend_keys(users, keys=keys, at=MONDAY)
    return users


def test_accounts_open_with_the_keys_that_are_kept(keys):
    users = opened(keys)

    assert users["vera"].check_password(keys.password("vera"))
    assert tokens.identify(key=keys.token("vera"), at=TUESDAY).user == users["vera"]


def test_only_the_operator_is_a_superuser(keys):
    users = opened(keys)

    assert [name for name, user in users.items() if user.is_superuser] == ["operator"]


def test_keys_that_fit_are_kept(keys):
    users = opened(keys)
    before = {name: dict(entry) for name, entry in keys.users.items()}

    accounts.mend_keys(users, keys=keys, at=TUESDAY)

    assert keys.users == before
    assert users["vera"].api_tokens.count() == 1


def test_lost_keys_are_replaced(keys, tmp_path):
    users = opened(keys)
    fresh = Keys.read(tmp_path / "elsewhere.json")

    accounts.mend_keys(users, keys=fresh, at=TUESDAY)

    assert users["vera"].check_password(fresh.password("vera"))
    assert not users["vera"].check_password(keys.password("vera"))
    assert tokens.identify(key=fresh.token("vera"), at=TUESDAY).user == users["vera"]


def test_an_account_that_the_demo_did_not_make_keeps_its_password(keys, tmp_path):
    users = opened(keys)
    users["vera"].api_tokens.all().delete()
    fresh = Keys.read(tmp_path / "elsewhere.json")

    with pytest.raises(accounts.NamesAreTaken, match="vera"):
        accounts.mend_keys(users, keys=fresh, at=TUESDAY)

    assert users["vera"].check_password(keys.password("vera"))
