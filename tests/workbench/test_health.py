import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_livez_answers_without_signing_in(client):
    assert client.get("/livez").json() == {"status": "ok"}


def test_readyz_says_that_a_missing_broker_only_degrades(client, settings):
    settings.CELERY_BROKER_URL = "redis+socket:///tmp/there-is-no-broker.sock"

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "migrations": "ok",
        "storage": "ok",
        "broker": "failed",
    }


def test_readyz_refuses_while_a_migration_is_missing(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'annotations'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["migrations"] == "failed"
