import json
import logging
from queue import Queue

import pytest
from celery import Celery
from django.db import IntegrityError

from tests.factories import ApiTokenFactory, ArticleFactory, ProjectFactory, UserFactory
from tests.threads import worker_of
from workbench import logs

CANARY = "Zephyrine Quillfeather"


@pytest.fixture
def lines():
    """Collect what is logged, as the product writes it."""
    written = []

    class Collector(logging.Handler):
        def emit(self, record):
            written.append(logs.JSONFormatter().format(record))

    collector = Collector()
    logging.getLogger().addHandler(collector)
    yield written
    logging.getLogger().removeHandler(collector)


def test_an_answer_carries_the_id_that_its_log_line_has(client, db, lines):
    answer = client.get("/livez")

    line = json.loads(lines[-1])
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/livez", 200)


def test_the_id_of_a_proxy_is_kept(client, db):
    answer = client.get("/livez", headers={"x-request-id": "0123456789abcdef"})

    assert answer.headers["X-Request-ID"] == "0123456789abcdef"


def test_what_is_no_id_is_not_kept(client, db):
    sent = 'x", "level": "forged'

    answer = client.get("/livez", headers={"x-request-id": sent})

    assert answer.headers["X-Request-ID"] != sent


@pytest.mark.parametrize("path", ["/reset/Zephyrine/Quillfeather/", "/projects/Zephyrine/"])
def test_addresses_stay_out_of_the_log(path, client, db, lines):
    client.get(path)

    assert lines
    assert "Zephyrine" not in "\n".join(lines)


def test_names_passwords_and_tokens_stay_out_of_the_log(client, db, lines):
    user = UserFactory(username="zephyrine", first_name=CANARY)
    ApiTokenFactory(user=user, name="quillfeather")

    client.post("/sign-in/", {"username": "zephyrine", "password": "quillfeather"})
    client.get("/api/v1/session/", headers={"authorization": "Bearer wbt_quillfeather"})
    client.get("/api/v1/session/", headers={"authorization": "Bearer wbt_quillfeather2"})

    said = "\n".join(lines).lower()
    assert len(lines) >= 3
    assert "zephyrine" not in said
    assert "quillfeather" not in said


def test_an_error_of_the_database_tells_the_rule_and_not_the_row(db, lines):
    with pytest.raises(IntegrityError, match=CANARY) as caught:
        ArticleFactory(project=ProjectFactory(), text=CANARY, text_length=1)
    logging.getLogger("annotations").error("it failed", exc_info=caught.value)

    line = json.loads(lines[-1])
    assert CANARY not in lines[-1]
    assert line["error"]["type"] == "IntegrityError"
    assert line["error"]["constraint"] == "article_knows_its_length"
    assert any("test_logs.py" in frame for frame in line["error"]["trace"])


def test_a_task_works_under_the_id_of_the_request_that_rang():
    seen = Queue()
    app = Celery("elsewhere", broker="memory://", set_as_current=False)
    app.conf.task_ignore_result = True

    @app.task(name="tests.look", shared=False)
    def look():
        seen.put(logs.request_id.get())

    with worker_of(app):
        token = logs.request_id.set("0123456789abcdef")
        try:
            app.send_task("tests.look")
        finally:
            logs.request_id.reset(token)
        assert seen.get(timeout=30) == "0123456789abcdef"

        app.send_task("tests.look")
        assert seen.get(timeout=30) not in {"", "0123456789abcdef"}
