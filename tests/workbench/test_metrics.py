from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import JobState
from tests.factories import ImportJobFactory

pytestmark = pytest.mark.django_db


def figures(client, **more):
    answer = client.get("/metrics", **more)
    assert answer.status_code == 200
    rows = (line.rpartition(" ") for line in answer.text.splitlines() if line[0] != "#")
    return {name: float(value) for name, _, value in rows}


def test_requests_are_counted_by_their_route(client):
    name = 'workbench_request_seconds_count{method="GET",route="/livez",status="200"}'
    before = figures(client).get(name, 0)

    client.get("/livez")

    assert figures(client)[name] == before + 1


def test_an_address_without_a_route_is_no_row_of_its_own(client):
    client.get("/one-that-is-not/there/")

    rows = figures(client)
    assert not any("one-that-is-not" in row for row in rows)


def test_jobs_are_counted_by_state_and_the_oldest_in_the_queue_is_told(client):
    ImportJobFactory(state=JobState.QUEUED, created_at=timezone.now() - timedelta(minutes=5))
    ImportJobFactory(state=JobState.QUEUED, created_at=timezone.now())
    ImportJobFactory(state=JobState.READY, created_at=timezone.now() - timedelta(days=5))

    rows = figures(client)

    assert rows['workbench_jobs{kind="import",state="queued"}'] == 2
    assert rows['workbench_jobs{kind="import",state="ready"}'] == 1
    assert 299 < rows['workbench_oldest_queued_seconds{kind="import"}'] < 330
    assert rows['workbench_oldest_queued_seconds{kind="release"}'] == 0


def test_the_build_is_told(client, settings):
    settings.VERSION = "1.2.3"

    assert figures(client)['workbench_build_info{version="1.2.3"}'] == 1


@pytest.mark.parametrize(
    "request_from_outside",
    [
        {"REMOTE_ADDR": "93.184.215.14"},
        {"REMOTE_ADDR": "10.0.0.7", "headers": {"x-forwarded-for": "10.0.0.8"}},
        {"REMOTE_ADDR": "93.184.215.14", "headers": {"authorization": "Bearer "}},
        {"REMOTE_ADDR": "93.184.215.14", "headers": {"authorization": "Bearer wrong"}},
    ],
)
def test_nobody_reads_them_from_outside(request_from_outside, client, settings):
    settings.METRICS_TOKEN = "right"

    assert client.get("/metrics", **request_from_outside).status_code == 404


def test_without_a_token_set_an_empty_one_opens_nothing(client, settings):
    settings.METRICS_TOKEN = ""

    answer = client.get(
        "/metrics", REMOTE_ADDR="93.184.215.14", headers={"authorization": "Bearer "}
    )

    assert answer.status_code == 404


def test_a_token_opens_them_from_everywhere(client, settings):
    settings.METRICS_TOKEN = "right"

    assert figures(client, REMOTE_ADDR="93.184.215.14", headers={"authorization": "Bearer right"})
