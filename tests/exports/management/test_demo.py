import time

import pytest
from django.core.management import call_command


@pytest.mark.django_db(transaction=True)
def test_x(settings, tmp_path):
    settings.DATA = tmp_path
    a = time.time()
    call_command("demo")
    b = time.time()
    print("first", b - a)
    call_command("demo")
    print("second", time.time() - b)
