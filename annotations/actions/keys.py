"""Primary keys before the rows that will have them, for rows that are written by COPY."""

from django.db import connection


def next_ids(table: str, number: int) -> list[int]:
    """Take so many primary keys of a table, which nobody else will get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, number],
        )
        return [pk for (pk,) in cursor.fetchall()]
