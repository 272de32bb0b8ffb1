import pickle
from queue import Queue
from time import monotonic

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from tests.threads import worker_of


def test_a_broker_that_is_down_is_noticed_at_once(tmp_path):
    app = Celery("elsewhere", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = f"redis+socket://{tmp_path}/none.sock"

    began = monotonic()
    with pytest.raises(OperationalError):
        app.send_task("agreement.measure", retry=False)

    assert monotonic() - began < 3


class Opened:
    """What takes a note when somebody unpickles it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_pickled_message_never_runs(tmp_path, trust):
    opened = tmp_path / "opened"
    kinds = ["application/x-python-serialize", "application/json"]
    message = pickle.dumps([[], {"it": Opened(str(opened))}, {}])
    app = Celery("elsewhere", broker="memory://", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = "memory://"
    done = Queue()

    @app.task(name="tests.take", shared=False)
    def take(**given):
        done.put(given)

    with worker_of(app):
        with app.connection_for_write() as connection, connection.Producer() as producer:
            for number, kind in enumerate(kinds):
                producer.publish(
                    message,
                    routing_key=app.conf.task_default_queue,
                    exchange=app.conf.task_default_queue,
                    content_type=kind,
                    content_encoding="binary",
                    headers={"task": "tests.take", "id": str(number), "lang": "py"},
                )
        app.send_task("tests.take", kwargs={"is_sound": True})
        assert done.get(timeout=30) == {"is_sound": True}

    assert done.empty()
    assert not opened.exists()
    pickle.loads(message)  # noqa: S301 -- the control
    assert opened.exists()
    trust(
        "Who sees what",
        "A message that is a program is put into the worker’s queue",
        tried=f"{len(kinds)} times",
        of="once as what it is, once as JSON; a message after them was worked on",
        run=0,
        control="unpickled plainly, the same message opened a file",
    )
