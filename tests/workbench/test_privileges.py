import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection

pytestmark = pytest.mark.django_db


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_application_writes_rows(as_application):
    with as_application():
        Session.objects.create(session_key="a", session_data="", expire_date="2030-01-01T00:00Z")
        assert Session.objects.all().delete()[0] == 1


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE django_session",
        "ALTER TABLE django_session DISABLE TRIGGER ALL",
        "DROP TABLE django_session",
        "CREATE TABLE public.another (id int)",
    ],
)
def test_the_application_changes_no_table(as_application, statement):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        as_application(),
    ):
        execute(statement)


def test_a_table_made_later_is_the_applications_to_use(as_application):
    execute("CREATE TABLE made_later (id int)")

    with as_application():
        execute("INSERT INTO made_later VALUES (1)")
