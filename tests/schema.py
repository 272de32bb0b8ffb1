"""What a database is made of, to compare two of them."""

import re
from typing import Any

from django.db import connection

#: Each returns rows that are the same in two databases only if what they tell of is.
QUESTIONS = {
    "columns": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
               column_default, is_identity, collation_name, generation_expression
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "storage": """
        SELECT attrelid::regclass::text, attname, attstorage, attcompression
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname, prosrc, proconfig, prosecdef, pg_get_userbyid(proowner)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "sequences": """
        SELECT sequencename, data_type::text, start_value, increment_by, cycle, last_value
        FROM pg_sequences WHERE schemaname = 'public'
    """,
    "owners": """
        SELECT relname, relkind, pg_get_userbyid(relowner) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
    """,
    "privileges": """
        SELECT relname, grantee::regrole::text, privilege_type, is_grantable
        FROM pg_class, aclexplode(relacl)
        WHERE relnamespace = 'public'::regnamespace AND grantee <> relowner
    """,
    "default privileges": """
        SELECT defaclrole::regrole::text, defaclobjtype, grantee::regrole::text, privilege_type
        FROM pg_default_acl, aclexplode(defaclacl) WHERE grantee <> defaclrole
    """,
    "order of letters": """
        SELECT pg_encoding_to_char(encoding), datlocprovider, datcollate, datlocale
        FROM pg_database WHERE datname = current_database()
    """,
}


def description() -> dict[str, list[tuple[Any, ...]]]:
    """Describe the tables, what guards them, and who may do what with them."""
    told = {}
    with connection.cursor() as cursor:
        for name, question in QUESTIONS.items():
            cursor.execute(question)
            rows = [tuple(map(_alike, row)) for row in cursor.fetchall()]
            told[name] = sorted(rows, key=repr)
    return told


def _alike(value: Any) -> Any:
    """Write ``(ARRAY['a', 'b'])::text[]`` as PostgreSQL does once it has read that from a dump."""
    if not isinstance(value, str):
        return value
    return re.sub(r"\(ARRAY\[([^]]*)\]\)::text\[\]", _each_cast, value)


def _each_cast(found: re.Match[str]) -> str:
    return f"ARRAY[{', '.join(f'({element})::text' for element in found[1].split(', '))}]"


def contents() -> dict[str, tuple[int, str]]:
    """Return for every table how many rows it has, and a checksum of all that they say."""
    told = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            quoted = connection.ops.quote_name(table)
            rows = "coalesce(string_agg(md5(row::text), '' ORDER BY row::text), '')"
            cursor.execute(f"SELECT count(*), md5({rows}) FROM {quoted} row")
            told[table] = cursor.fetchone()
    return told
