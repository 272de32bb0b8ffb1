"""Who looks at the pages of a project, where it does not matter to the test."""

import pytest

from annotations.enums import Role
from tests.factories import CodebookFactory, MemberFactory


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def coders(admin):
    return [MemberFactory(project=admin.project, user__username=name) for name in ("ann", "ben")]


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin.user)
    return client
