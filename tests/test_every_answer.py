"""What every answer has to have and every write to ask for, on all rows of the table."""

import pytest
from django.db import transaction
from django.test import Client

from tests.test_permission_table import rows
from tests.world import World

pytestmark = pytest.mark.django_db

#: What may be kept by others: nothing in it is anybody's.
PUBLIC = {"/livez", "/readyz", "/metrics"}
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def world():
    return World()


def ask(client, method, path):
    body = {"data": "{}", "content_type": "application/json"} if path.startswith("/api/") else {}
    with transaction.atomic():
        answer = getattr(client, method.lower())(path, **body if method not in SAFE else {})
        transaction.set_rollback(True)
    return answer


def every_answer(world, **options):
    """Yield what the admin, and then nobody, is answered on every row."""
    for person in (world.admin, None):
        for method, template, _cells in rows():
            # Each with a session of its own: some rows end it.
            client = Client(raise_request_exception=False, **options)
            if person:
                client.force_login(person.user)
            yield method, template, ask(client, method, template.format(**world.addresses))


def test_no_answer_is_kept_by_anybody_and_none_can_be_framed_or_run_what_is_not_ours(world):
    wrong = []
    for method, template, answer in every_answer(world):
        told = answer.headers
        control = {part.strip() for part in told.get("Cache-Control", "").split(",")}
        policy = told.get("Content-Security-Policy", "")
        if not (
            {"private", "no-store"} <= control
            and "default-src 'self'" in policy
            and "frame-ancestors 'none'" in policy
            and "unsafe" not in policy
            and told.get("X-Frame-Options") == "DENY"
            and told.get("X-Content-Type-Options") == "nosniff"
            and told.get("Referrer-Policy") == "same-origin"
            and told.get("Cross-Origin-Opener-Policy") == "same-origin"
            and "camera=()" in told.get("Permissions-Policy", "")
        ):
            wrong.append((method, template, answer.status_code, dict(told)))

    assert wrong == []


def test_every_write_of_a_session_needs_its_own_token_against_forgery(world):
    wrong = [
        (method, template, answer.status_code)
        for method, template, answer in every_answer(world, enforce_csrf_checks=True)
        if method not in SAFE and answer.status_code not in {401, 403}
    ]

    assert wrong == []
