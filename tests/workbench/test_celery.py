from time import monotonic

import pytest
from celery import Celery
from kombu.exceptions import OperationalError


def test_a_broker_that_is_down_is_noticed_at_once(tmp_path):
    app = Celery("elsewhere", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = f"redis+socket://{tmp_path}/none.sock"

    began = monotonic()
    with pytest.raises(OperationalError):
        app.send_task("agreement.measure", retry=False)

    assert monotonic() - began < 3
