from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from annotations.actions import replies
from annotations.models import ApiToken, Project, StoredReply
from tests.factories import UserFactory


@pytest.fixture
def client(db):
    client = APIClient()
    client.force_authenticate(UserFactory())
    return client


def post(client, body, key="k-1", path="/api/v1/projects/"):
    return client.post(path, body, headers={"Idempotency-Key": key})


def test_a_repeated_post_is_answered_again_and_not_carried_out_again(client):
    first = post(client, {"name": "Floods"})
    again = post(client, {"name": "Floods"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Project.objects.count() == 1


def test_another_key_is_another_request(client):
    post(client, {"name": "Floods"})
    post(client, {"name": "Floods"}, key="k-2")

    assert Project.objects.count() == 2


def test_a_key_is_its_users_own(client):
    post(client, {"name": "Floods"})
    client.force_authenticate(UserFactory())
    post(client, {"name": "Floods"})

    assert Project.objects.count() == 2


def test_a_key_with_another_content_is_refused(client):
    post(client, {"name": "Floods"})
    other = post(client, {"name": "Storms"})

    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert Project.objects.count() == 1


def test_what_failed_may_be_tried_again_with_the_same_key(client):
    assert post(client, {"name": ""}).status_code == 422
    assert post(client, {"name": "Floods"}).status_code == 201


def test_a_key_is_forgotten_after_a_day(client):
    post(client, {"name": "Floods"})
    StoredReply.objects.update(
        stored_at=StoredReply.objects.get().stored_at - timedelta(hours=24, seconds=1)
    )

    assert post(client, {"name": "Storms"}).status_code == 201


@pytest.mark.django_db
def test_the_secret_of_a_token_is_not_repeated():
    user = UserFactory()
    client = APIClient()
    client.force_login(user)

    first = post(client, {"name": "laptop"}, path="/api/v1/tokens/").json()
    again = post(client, {"name": "laptop"}, path="/api/v1/tokens/").json()

    assert first.pop("token").startswith("wbt_")
    assert again == first
    assert ApiToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_that_is_still_running_is_not_started_twice():
    user = UserFactory()
    request = {"user": user, "route": "/x/", "key": "k", "request_digest": "0" * 64}
    at = user.date_joined

    def second():
        try:
            return replies.once(lambda: (201, {}, {}), at=at, **request)
        except replies.StillRunning:
            return "still running"
        finally:
            connection.close()

    def work():
        with ThreadPoolExecutor(1) as other:
            return 201, other.submit(second).result(), {}

    with transaction.atomic():
        assert replies.once(work, at=at, **request) == (201, "still running")
    assert StoredReply.objects.count() == 1
