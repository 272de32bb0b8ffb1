"""Who looks at the pages of a project, where it does not matter to the test."""

import pytest

from annotations.enums import Role
from tests.factories import MemberFactory


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin.user)
    return client
