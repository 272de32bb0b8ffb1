"""Where the words of a person's name stand, in whatever people have written."""

import re
from collections.abc import Iterator

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql

WRITTEN = (models.CharField, models.TextField, models.JSONField, ArrayField)


def of(words: list[str]) -> dict[str, int]:
    """Count the rows in which one of ``words`` stands by itself, as ``{"table.column": rows}``.

    Reads every text of the database once.
    """
    pattern = "|".join(rf"(^|\W){re.escape(word)}(\W|$)" for word in words)
    found = {}
    with connection.cursor() as cursor:
        for table, column in _written():
            statement = sql.SQL("SELECT count(*) FROM {} WHERE {}::text ~* %s").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            cursor.execute(statement, [pattern])
            if count := cursor.fetchone()[0]:
                found[f"{table}.{column}"] = count
    return found


def _written() -> Iterator[tuple[str, str]]:
    for label in ("annotations", "exports"):
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.local_concrete_fields:
                if isinstance(field, WRITTEN) and field.column:
                    yield model._meta.db_table, field.column
