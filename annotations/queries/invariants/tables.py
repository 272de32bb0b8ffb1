"""Is everything in place that refuses what must never be true?"""

from collections.abc import Iterator

import pgtrigger
from django.apps import apps
from django.db import connection
from psycopg import sql

from annotations.queries.invariants.asking import found

OURS = ("annotations", "exports")


def constraints_are_in_place() -> Iterator[str]:
    """Every constraint that a model declares is in the database, and held for old rows too."""
    there = set(
        found("""
            SELECT conrelid::regclass || ': ' || conname FROM pg_constraint
            WHERE connamespace = current_schema()::regnamespace AND convalidated
            UNION
            SELECT tablename || ': ' || indexname FROM pg_indexes
            WHERE schemaname = current_schema()
        """)
    )
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for constraint in model._meta.constraints:
                name = f"{model._meta.db_table}: {constraint.name}"
                if name not in there:
                    yield name


def triggers_are_in_place() -> Iterator[str]:
    """Every trigger that a model declares is installed and switched on."""
    on = set(
        found("""
            SELECT tgrelid::regclass || ': ' || tgname FROM pg_trigger
            WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
        """)
    )
    for model, trigger in pgtrigger.registered():
        if f"{model._meta.db_table}: {trigger.get_pgid(model)}" not in on:
            yield f"{model._meta.db_table}: {trigger.name}"


def references_lead_somewhere() -> Iterator[str]:
    """No row points to a row that is gone."""
    with connection.cursor() as cursor:
        for app in OURS:
            for model in apps.get_app_config(app).get_models():
                for field in model._meta.local_concrete_fields:
                    if field.remote_field is None:
                        continue
                    target = field.remote_field.model._meta
                    query = sql.SQL(
                        "SELECT child.id FROM {child} child WHERE child.{column} IS NOT NULL AND"
                        " NOT EXISTS (SELECT FROM {parent} p WHERE p.id = child.{column})"
                    ).format(
                        child=sql.Identifier(model._meta.db_table),
                        column=sql.Identifier(str(field.column)),
                        parent=sql.Identifier(target.db_table),
                    )
                    cursor.execute(query)
                    for (row,) in cursor.fetchall():
                        yield f"{model._meta.db_table} {row}: {field.column}"
