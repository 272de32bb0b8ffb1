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


@pytest.mark.parametrize("kind", ["application/x-python-serialize", "application/json"])
def test_a_pickled_message_never_runs(tmp_path, kind):
    opened = tmp_path / "opened"
    app = Celery("elsewhere", broker="memory://", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = "memory://"
    done = Queue()

    @app.task(name="tests.take", shared=False)
    def take(**given):
        done.put(given)

    with worker_of(app):
        with app.connection_for_write() as connection, connection.Producer() as producer:
            producer.publish(
                pickle.dumps([[], {"it": Opened(str(opened))}, {}]),
                routing_key=app.conf.task_default_queue,
                exchange=app.conf.task_default_queue,
                content_type=kind,
                content_encoding="binary",
                headers={"task": "tests.take", "id": "1", "lang": "py"},
            )
        app.send_task("tests.take", kwargs={"is_sound": True})
        assert done.get(timeout=30) == {"is_sound": True}

    assert done.empty()
    assert not opened.exists()
