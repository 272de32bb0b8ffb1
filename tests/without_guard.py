"""A pytest plugin that takes one guard out of all tests: ``-p tests.without_guard``.

``WITHOUT_GUARD`` names it, as ``tests.guards`` does.
"""

import os

import pytest


@pytest.fixture(autouse=True)
def without_guard(monkeypatch):
    # Models can be imported only after Django is set up, and plugins are imported before.
    from tests.guards import Guards

    Guards(monkeypatch).out = frozenset({os.environ["WITHOUT_GUARD"]})
