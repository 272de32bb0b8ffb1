"""One study for all tests of a module. What a test changes is taken back."""

import pytest
from django.db import transaction
from django.test import override_settings

from tests.contract.people import Study
from tests.files import storages_in


@pytest.fixture(scope="module")
def study(django_db_setup, django_db_blocker, tmp_path_factory):
    """Return a study with somebody in every role, and work in every state."""
    storages = storages_in(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), override_settings(STORAGES=storages), transaction.atomic():
        yield Study()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def taken_back(study, db):
    """Make each test a savepoint in the module's transaction."""
