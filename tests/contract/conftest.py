"""One study for all tests of a module. What a test changes is taken back."""

import pytest

from tests.contract.people import Study


@pytest.fixture(scope="module")
def study(storages_of_the_module):
    """Return a study with somebody in every role, and work in every state."""
    return Study()


@pytest.fixture(autouse=True)
def taken_back(study, db):
    """Make each test a savepoint in the module's transaction."""
