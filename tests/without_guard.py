"""A pytest plugin that takes a guard out of each test that is named: ``-p tests.without_guard``.

``WITHOUT_GUARDS`` names them, as ``tests.guards`` does, in JSON by the tests' ids.
"""

import json
import os

import pytest


@pytest.fixture(autouse=True)
def without_guard(request, monkeypatch):
    # Models can be imported only after Django is set up, and plugins are imported before.
    from tests.guards import Guards

    named = json.loads(os.environ["WITHOUT_GUARDS"])
    Guards(monkeypatch).out = frozenset(named[request.node.nodeid])
