import pytest
from django.db import connection


@pytest.mark.django_db
def test_triggers_ask_whether_they_are_ignored_without_an_error_within():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('pgtrigger.ignore')")
        assert cursor.fetchone() == ("{}",)
