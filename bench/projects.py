"""Empty projects to measure in, and rows copied out of the database and into it."""

from django.db import connection
from django.utils import timezone

from annotations.actions import people, projects
from annotations.models import Project, User


def make_project(slug: str) -> Project:
    owner = User.objects.filter(username="bench").first() or people.create_account(
        username="bench"
    )
    return projects.create(name=slug, slug=slug, by=owner, at=timezone.now())


def copy_out(query: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        return b"".join(copy)


def copy_in(table: str, rows: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        copy.write(rows)


def settle() -> None:
    """Do now what the database would have done by itself a minute after the loading."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
